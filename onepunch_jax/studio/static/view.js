// Where the page lies on the screen: zoom (device px a page px) and the page's corner (device px).

import { emit, state } from './store.js';

export const view = { zoom: 1, x: 0, y: 0, width: 1, height: 1, ratio: 1 };
const LEAST = 0.05;
const MOST = 32;
const kept = new Map(); // page id -> {zoom, x, y}

const clamp = (v, low, high) => Math.max(low, Math.min(high, v));

export const toPage = (x, y) => [(x - view.x) / view.zoom, (y - view.y) / view.zoom];
export const toScreen = (x, y) => [x * view.zoom + view.x, y * view.zoom + view.y];

/** At least a bit of the page stays in sight. */
function settle() {
  const { page } = state;
  if (!page) return;
  const margin = 48 * view.ratio;
  view.x = clamp(view.x, margin - page.width * view.zoom, view.width - margin);
  view.y = clamp(view.y, margin - page.height * view.zoom, view.height - margin);
  kept.set(page.id, { zoom: view.zoom, x: view.x, y: view.y });
  emit('view', view);
}

/** Changes the zoom by a factor; the place (x, y) of the screen, device px, stays where it is. */
export function zoomAt(x, y, factor) {
  const zoom = clamp(view.zoom * factor, LEAST, MOST);
  view.x = x - ((x - view.x) * zoom) / view.zoom;
  view.y = y - ((y - view.y) * zoom) / view.zoom;
  view.zoom = zoom;
  settle();
}

export const zoomBy = (factor) => zoomAt(view.width / 2, view.height / 2, factor);
export const zoomTo = (zoom) => zoomBy(zoom / view.zoom);

export function panBy(dx, dy) {
  view.x += dx;
  view.y += dy;
  settle();
}

/** The whole page, with a margin. */
export function fit() {
  const { page } = state;
  if (!page) return;
  const margin = 24 * view.ratio;
  const zoom = Math.min(
    (view.width - 2 * margin) / page.width,
    (view.height - 2 * margin) / page.height,
  );
  view.zoom = clamp(zoom, LEAST, MOST);
  view.x = (view.width - page.width * view.zoom) / 2;
  view.y = (view.height - page.height * view.zoom) / 2;
  settle();
}

/** Moves the view so that a place of the page is well inside it. */
export function reveal(x, y) {
  const [sx, sy] = toScreen(x, y);
  const margin = Math.min(view.width, view.height) / 6;
  const dx = clamp(sx, margin, view.width - margin) - sx;
  const dy = clamp(sy, margin, view.height - margin) - sy;
  if (dx || dy) panBy(dx, dy);
}

/** The page as it was last looked at, or all of it. */
export function restore() {
  const last = kept.get(state.page?.id);
  if (!last) return fit();
  Object.assign(view, last);
  settle();
}

/** The window changed: what was in the middle stays there. */
export function resize(width, height, ratio) {
  const first = view.width === 1;
  const scale = ratio / view.ratio;
  view.x = (view.x - view.width / 2) * scale + width / 2;
  view.y = (view.y - view.height / 2) * scale + height / 2;
  view.zoom = clamp(view.zoom * scale, LEAST, MOST);
  Object.assign(view, { width, height, ratio });
  if (first) fit();
  else settle();
}
