// The page on the screen: paper, colours, lines; the last answer under the new one while it fades
// in; two answers side by side; a grid of pixels. Hints and the cursor are overlay.js.

import { Layer } from './layers.js';
import { emit, on, state } from './store.js';
import { view } from './view.js';

const FADE = 120; // ms
const FIRST = 0.4; // how much of a new answer the first frame shows: seen at once, never a flash
const SMOOTH = 2; // up to this zoom pixels are smoothed
const GRID = 8; // from this zoom on pixels have a grid
const still = matchMedia('(prefers-reduced-motion: reduce)');

const canvas = document.getElementById('scene');
const context = canvas.getContext('2d', { alpha: false });
let lines = null; // Layer: what is multiplied
let colors = null; // Layer of the answer
let last = null; // the answer before, for fading and comparing
let preview = null; // a file that is being read
let fading = 0; // when the fade began, 0 for none
let asked = false;
let before = 'lines'; // what lies left of the slider

/** The page's own lines; null for no page. Colours of the page before are dropped. */
export function setLines(bitmap) {
  for (const layer of [lines, colors, last]) layer?.close();
  lines = bitmap && new Layer(bitmap, state.page.width);
  colors = last = null;
  draw();
}

/** A file that is being read, alone in the middle; null ends that. */
export function setPreview(bitmap) {
  preview?.close();
  preview = bitmap;
  draw();
}

/** A new answer: fades in over the last one. */
export function setColors(bitmap) {
  last?.close();
  last = colors;
  colors = bitmap && new Layer(bitmap, state.page.width);
  fading = still.matches ? 0 : performance.now();
  draw();
}

/** Whether what is painted is what there is: nothing fades, no frame is asked for. */
export const isStill = () => !fading && !asked;

export const hasColors = () => colors !== null;

/** The colour at a place of the page without its lines, or of the page itself. */
export const pick = (x, y) => (colors ?? lines)?.pixel(x, y) ?? null;

/** Asks for a frame; many calls are one frame. */
export function draw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(paint);
}

function put(layer, alpha = 1) {
  const { image, shrink } = layer.at(view.zoom);
  const zoom = view.zoom * shrink;
  // only what is in sight, in whole pixels of the picture
  const left = Math.max(0, Math.floor(-view.x / zoom));
  const top = Math.max(0, Math.floor(-view.y / zoom));
  const right = Math.min(image.width, Math.ceil((view.width - view.x) / zoom));
  const bottom = Math.min(image.height, Math.ceil((view.height - view.y) / zoom));
  if (right <= left || bottom <= top) return;
  context.globalAlpha = alpha;
  context.imageSmoothingEnabled = view.zoom < SMOOTH;
  context.drawImage(
    image,
    left,
    top,
    right - left,
    bottom - top,
    view.x + left * zoom,
    view.y + top * zoom,
    (right - left) * zoom,
    (bottom - top) * zoom,
  );
  context.globalAlpha = 1;
}

function page(layer, under, alpha, withLines) {
  const { width, height } = state.page;
  context.fillStyle = '#fff';
  context.fillRect(view.x, view.y, width * view.zoom, height * view.zoom);
  if (under) put(under);
  if (layer) put(layer, alpha);
  if (lines && (withLines || !layer)) {
    context.globalCompositeOperation = 'multiply';
    put(lines);
    context.globalCompositeOperation = 'source-over';
  }
}

function clipped(left, right, draw) {
  context.save();
  context.beginPath();
  context.rect(left, 0, right - left, view.height);
  context.clip();
  draw();
  context.restore();
}

function grid() {
  const { width, height } = state.page;
  const { zoom, x, y } = view;
  context.beginPath();
  for (let n = Math.max(0, Math.ceil(-x / zoom)); n <= width && x + n * zoom <= view.width; n++) {
    context.moveTo(Math.round(x + n * zoom) + 0.5, Math.max(0, y));
    context.lineTo(Math.round(x + n * zoom) + 0.5, Math.min(view.height, y + height * zoom));
  }
  for (let n = Math.max(0, Math.ceil(-y / zoom)); n <= height && y + n * zoom <= view.height; n++) {
    context.moveTo(Math.max(0, x), Math.round(y + n * zoom) + 0.5);
    context.lineTo(Math.min(view.width, x + width * zoom), Math.round(y + n * zoom) + 0.5);
  }
  context.strokeStyle = 'rgb(128 128 128 / 35%)';
  context.lineWidth = 1;
  context.stroke();
}

function paintPreview() {
  const [right, bottom] = [view.width, view.height].map((v) => v - 48 * view.ratio); // as fit
  const zoom = Math.min(right / preview.width, bottom / preview.height);
  const [width, height] = [preview.width * zoom, preview.height * zoom];
  const [x, y] = [(view.width - width) / 2, (view.height - height) / 2];
  context.imageSmoothingEnabled = true;
  context.fillStyle = '#fff';
  context.fillRect(x, y, width, height);
  context.drawImage(preview, x, y, width, height);
}

function paint() {
  asked = false;
  context.fillStyle = getComputedStyle(canvas).getPropertyValue('--desk') || '#888';
  context.fillRect(0, 0, view.width, view.height);
  if (preview) return paintPreview();
  if (!state.page) return;
  const part = fading ? Math.min(1, FIRST + (performance.now() - fading) / FADE) : 1;
  if (part >= 1) fading = 0;
  const now = () => page(colors, part < 1 ? last : null, part, state.lines);
  if (state.holding) page(null, null, 1, true);
  else if (state.comparing) {
    const middle = Math.round(state.divider * view.width);
    clipped(0, middle, () => page(before === 'last' ? last : null, null, 1, true));
    clipped(middle, view.width, now);
  } else now();
  if (state.grid && view.zoom >= GRID) grid();
  emit('painted', part);
  if (fading) draw();
}

/** What the left side of the slider shows: 'lines', or the answer before. */
export function setBefore(kind) {
  before = kind;
  draw();
}

export function resize() {
  canvas.width = view.width;
  canvas.height = view.height;
  asked = false;
  paint(); // at once: an empty canvas would flash
}

on('view lines grid comparing divider holding page theme', draw);
