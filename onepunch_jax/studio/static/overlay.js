// Over the page: hints, the stroke that is being drawn, the next best click, the cursor.

import { find, repainted } from './page.js';
import { on, state } from './store.js';
import { toScreen, view } from './view.js';

const canvas = document.getElementById('overlay');
const context = canvas.getContext('2d');
let asked = false;

// What follows the pointer, set by tools.js: cursor {x, y} in px of the page or null, kind
// 'paint' | 'erase' | 'pick' | 'cross' | '', draft {use, color, points} or null, sample '#rrggbb'.
export const live = { cursor: null, kind: '', draft: null, sample: null, keyboard: false };

const NAMES = { white: 'W', keep: 'K', split: '', join: '' };
const DASHES = { split: [6, 4], join: [2, 4] };
const TINTS = { split: '#e5484d', join: '#30a46c', white: '#ffffff', keep: '#8d8d8d' };

export function draw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(paint);
}

function ring(x, y, r, width, style) {
  context.beginPath();
  context.arc(x, y, Math.max(r, 0.5), 0, 2 * Math.PI);
  context.lineWidth = width;
  context.strokeStyle = style;
  context.stroke();
}

/** A ring that is seen on every colour. */
function outline(x, y, r, color = '#fff') {
  ring(x, y, r + view.ratio, 3 * view.ratio, 'rgb(0 0 0 / 55%)');
  ring(x, y, r + view.ratio, 1.25 * view.ratio, color);
}

function path(points, extra) {
  // a stroke of changing width: discs and the quadrilaterals between them would be exact; segments
  // with round ends of the mean width look the same
  context.lineCap = context.lineJoin = 'round';
  for (let n = 1; n < points.length; n++) {
    const [a, b] = [points[n - 1], points[n]];
    context.beginPath();
    context.moveTo(...toScreen(a[0], a[1]));
    context.lineTo(...toScreen(b[0], b[1]));
    context.lineWidth = Math.max(1, (a[2] + b[2]) * view.zoom) + extra;
    context.stroke();
  }
}

function line(points, use) {
  context.lineCap = 'round';
  for (const [style, width] of [
    ['rgb(0 0 0 / 60%)', 5],
    [TINTS[use], 2.5],
  ]) {
    context.beginPath();
    points.forEach(([x, y], n) => context[n ? 'lineTo' : 'moveTo'](...toScreen(x, y)));
    if (points.length === 1) context.lineTo(...toScreen(points[0][0] + 0.1, points[0][1]));
    context.setLineDash(DASHES[use].map((v) => v * view.ratio));
    context.strokeStyle = style;
    context.lineWidth = width * view.ratio;
    context.stroke();
  }
  context.setLineDash([]);
}

function hint(item, selected) {
  const { use, points } = item;
  if (use === 'split' || use === 'join') line(points, use);
  else {
    const color = repainted(item.color, state.document?.palette) ?? TINTS[use];
    if (points.length > 1) {
      context.strokeStyle = selected ? '#3e63dd' : 'rgb(0 0 0 / 45%)';
      path(points, (selected ? 4 : 2) * view.ratio);
      context.strokeStyle = color;
      path(points, 0);
    } else {
      const [x, y] = toScreen(points[0][0], points[0][1]);
      const r = Math.max(points[0][2] * view.zoom, 3.5 * view.ratio);
      context.beginPath();
      context.arc(x, y, r, 0, 2 * Math.PI);
      context.fillStyle = color;
      context.fill();
      outline(x, y, r);
    }
  }
  const [x, y] = toScreen(points[0][0], points[0][1]);
  if (NAMES[use]) label(NAMES[use], x, y);
  if (selected) {
    const r = Math.max(points[0][2] * view.zoom, 3.5 * view.ratio) + 4 * view.ratio;
    ring(x, y, r, 2 * view.ratio, '#3e63dd');
    if (points.length === 1 && use !== 'split' && use !== 'join') handle(x + r, y);
  }
}

function label(text, x, y) {
  context.font = `600 ${9 * view.ratio}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = '#000';
  context.fillText(text, x, y + 0.5 * view.ratio);
}

function handle(x, y) {
  const half = 3.5 * view.ratio;
  context.fillStyle = '#fff';
  context.fillRect(x - half, y - half, 2 * half, 2 * half);
  context.strokeStyle = '#3e63dd';
  context.lineWidth = 1.5 * view.ratio;
  context.strokeRect(x - half, y - half, 2 * half, 2 * half);
}

function place({ x, y }, number) {
  const [sx, sy] = toScreen(x, y);
  const r = 9 * view.ratio;
  context.globalAlpha = number === 0 ? 1 : 0.45;
  context.beginPath();
  context.arc(sx, sy, r, 0, 2 * Math.PI);
  context.fillStyle = '#ffd60a';
  context.fill();
  outline(sx, sy, r, '#000');
  label(number === 0 ? '?' : '', sx, sy);
  context.globalAlpha = 1;
}

function cross(x, y, size) {
  for (const [style, width] of [
    ['rgb(0 0 0 / 70%)', 3],
    ['#fff', 1],
  ]) {
    context.beginPath();
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ]) {
      context.moveTo(x + dx * size * 0.35, y + dy * size * 0.35);
      context.lineTo(x + dx * size, y + dy * size);
    }
    context.strokeStyle = style;
    context.lineWidth = width * view.ratio;
    context.stroke();
  }
}

function cursor() {
  const [x, y] = toScreen(live.cursor.x, live.cursor.y);
  const r = state.radius * view.zoom;
  const { ratio } = view;
  if (live.kind === 'pick') {
    context.beginPath();
    context.arc(x, y - 22 * ratio, 14 * ratio, 0, 2 * Math.PI);
    context.fillStyle = live.sample ?? '#fff';
    context.fill();
    outline(x, y - 22 * ratio, 14 * ratio);
    cross(x, y, 8 * ratio);
    return;
  }
  if (live.kind === 'cross' || r < 3 * ratio) cross(x, y, 9 * ratio);
  if (live.kind === 'paint' || live.kind === 'erase') {
    if (r >= 3 * ratio) outline(x, y, r);
    if (live.kind === 'paint') {
      const chip = r >= 8 * ratio ? 3.5 * ratio : 5 * ratio;
      const away = r >= 8 * ratio ? 0 : 11 * ratio;
      context.beginPath();
      context.arc(x + away, y + away, chip, 0, 2 * Math.PI);
      context.fillStyle = state.tool === 'paint' ? state.color : (TINTS[state.tool] ?? '#fff');
      context.fill();
      outline(x + away, y + away, chip - ratio);
    }
  }
  if (live.keyboard) cross(x, y, 14 * ratio);
}

function paint() {
  asked = false;
  context.clearRect(0, 0, view.width, view.height);
  const { page } = state;
  if (!page || state.holding) return;
  if (state.hints) {
    for (const item of page.hints) {
      if (item.id !== live.draft?.id && item.id !== state.selected) hint(item, false);
    }
    const chosen = find(page, state.selected);
    if (chosen && chosen.id !== live.draft?.id) hint(chosen, true);
    state.places.slice(0, 5).forEach(place);
  }
  if (live.draft) hint(live.draft, live.draft.id !== undefined);
  if (live.cursor && live.kind) cursor();
}

export function resize() {
  canvas.width = view.width;
  canvas.height = view.height;
  asked = false;
  paint();
}

on('view page document selected color radius tool places holding hints', draw);
