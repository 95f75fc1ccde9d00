// What the tools do with begin, move and end of a gesture; pointer.js says when.

import { hit, moved as shift, simplify } from './geometry.js';
import { change } from './history.js';
import { eraser } from './eraser.js';
import * as overlay from './overlay.js';
import { find, hint } from './page.js';
import { pick } from './scene.js';
import { where } from './status.js';
import { emit, on, set, state } from './store.js';
import { view } from './view.js';

const { live } = overlay;
const REACH = 9; // css px from the edge of a hint at which it is meant
const STEP = 1.5; // device px between points of a stroke

export const DRAWS = ['paint', 'white', 'keep', 'split', 'join'];
let gesture = null;
let space = false; // the space bar is down: the page is moved
let altDown = false;

export function setSpace(down) {
  space = down;
  refresh();
}

export function setAlt(down) {
  altDown = down;
  refresh();
}

const reach = () => (REACH * view.ratio) / view.zoom;
const inside = ({ x, y }) => x >= 0 && y >= 0 && x < state.page.width && y < state.page.height;

function radius(at) {
  return state.radius * (at.pen ? 0.25 + 1.5 * at.pressure : 1);
}

function toolFor(at) {
  if (at.eraser) return 'erase';
  if (at.alt || altDown) return 'pick';
  return state.tool;
}

function clamp(value, most) {
  return Math.max(0, Math.min(most - 1, value));
}

function point(at) {
  return [clamp(at.x, state.page.width), clamp(at.y, state.page.height), radius(at)];
}

/** A click as the browser's own timing has it: benchmarks read it. */
function mark(startTime, id) {
  performance.mark('studio:click', { startTime, detail: { hint: id } });
}

// gestures: objects with move(at, moved), end(at, moved) and cancel()

function drawing(at, use) {
  if (!inside(at)) return null;
  const points = [point(at)];
  const color = use === 'color' ? state.color : null;
  const show = () => {
    live.draft = { use, color, points };
    overlay.draw();
  };
  show();
  return {
    move(now, isMoved) {
      const next = point(now);
      if (!isMoved) points[0][2] = Math.max(points[0][2], next[2]);
      else if (now.shift) points.splice(1, Infinity, next);
      else {
        const last = points[points.length - 1];
        if (Math.hypot(next[0] - last[0], next[1] - last[1]) * view.zoom >= STEP) points.push(next);
      }
      show();
    },
    end(now, isMoved) {
      live.draft = null;
      const kept = isMoved ? simplify(points, 0.35 + 0.25 / view.zoom) : points.slice(0, 1);
      const isDot = kept.length === 1;
      if (isDot && (use === 'split' || use === 'join')) return;
      const made = hint(use, color, kept);
      mark(now.time, made.id);
      change(isDot ? 'dot' : 'stroke', [{ op: 'add', hint: made }]);
      set({ selected: isDot ? made.id : null });
      if (isDot && use === 'color') emit('dotted', { x: kept[0][0], y: kept[0][1] });
    },
    cancel() {
      live.draft = null;
      overlay.draw();
    },
  };
}

function dragging(at, item) {
  const grip = onHandle(at, item);
  set({ selected: item.id });
  return {
    move(now, isMoved) {
      if (!isMoved) return;
      live.draft = { ...item, points: changed(now) };
      overlay.draw();
    },
    end(now, isMoved) {
      live.draft = null;
      if (!isMoved) {
        emit('dotted', { x: item.points[0][0], y: item.points[0][1] });
        return overlay.draw();
      }
      mark(now.time, item.id);
      const points = changed(now).map((p) => p.map((v) => Math.round(v * 10) / 10));
      change(grip ? 'resize' : 'move', [{ op: 'set', id: item.id, points }]);
    },
    cancel() {
      live.draft = null;
      overlay.draw();
    },
  };

  function changed(now) {
    if (grip) {
      const [x, y] = item.points[0];
      const most = Math.max(state.page.width, state.page.height) / 4;
      return [[x, y, Math.max(1, Math.min(most, Math.hypot(now.x - x, now.y - y)))]];
    }
    return shift(item.points, now.x - at.x, now.y - at.y).map(([x, y, r]) => [
      clamp(x, state.page.width),
      clamp(y, state.page.height),
      r,
    ]);
  }
}

/** Whether a place is on the little square beside a selected dot. */
function onHandle(at, item) {
  if (item.id !== state.selected || item.points.length > 1) return false;
  const [x, y, r] = item.points[0];
  const shown = Math.max(r, (3.5 * view.ratio) / view.zoom) + (4 * view.ratio) / view.zoom;
  return Math.hypot(at.x - x - shown, at.y - y) < (7 * view.ratio) / view.zoom;
}

function picking(at) {
  const take = (now) => {
    const color = pick(now.x, now.y);
    if (color) emit('picked', color);
  };
  take(at);
  return { move: take, end: () => {}, cancel: () => {} };
}

function target(at) {
  const chosen = find(state.page, state.selected);
  if (chosen && onHandle(at, chosen)) return chosen;
  return hit(state.page.hints, at.x, at.y, reach());
}

export const hands = {
  pans: () => space || state.tool === 'hand',
  begin(at) {
    if (!state.page) return;
    live.keyboard = false;
    if (state.suggestedAt) set({ suggestedAt: null });
    aim(at);
    const tool = toolFor(at);
    const item = tool === 'erase' || tool === 'pick' ? undefined : target(at);
    const isNear =
      item && (tool === 'select' || item.points.length === 1 || item.id === state.selected);
    if (isNear && !at.control) gesture = dragging(at, item);
    else if (tool === 'select') {
      set({ selected: item?.id ?? null });
      gesture = item ? dragging(at, item) : null;
    } else if (tool === 'erase') gesture = eraser(at, radius);
    else if (tool === 'pick') gesture = picking(at);
    else if (DRAWS.includes(tool)) gesture = drawing(at, tool === 'paint' ? 'color' : tool);
  },
  move(at, isMoved) {
    aim(at);
    gesture?.move(at, isMoved);
  },
  end(at, isMoved) {
    const last = gesture;
    gesture = null;
    last?.end(at, isMoved);
    if (at.type === 'touch') hands.leave();
  },
  cancel() {
    gesture?.cancel();
    gesture = null;
  },
  hover: aim,
  leave() {
    if (live.keyboard) return;
    live.cursor = null;
    overlay.draw();
  },
  second(at) {
    if (!state.page) return;
    const item = hit(state.page.hints, at.x, at.y, reach());
    if (item) remove(item.id);
    else if (inside(at)) emit('asked', { x: at.x, y: at.y });
  },
  long(at) {
    const item = state.page && hit(state.page.hints, at.x, at.y, 2 * reach());
    if (!item) return false;
    hands.cancel();
    remove(item.id);
    navigator.vibrate?.(20);
    return true;
  },
};

export function remove(id) {
  if (!find(state.page, id)) return;
  if (state.suggestedAt) set({ suggestedAt: null });
  change('delete', [{ op: 'remove', id }]);
  if (state.selected === id) set({ selected: null });
}

/** A dot at the cursor, by keyboard. */
export function dotAt(x, y) {
  const at = { x, y, pen: false, time: performance.now() };
  const tool = state.tool === 'white' || state.tool === 'keep' ? state.tool : 'color';
  const step = drawing(at, tool);
  step?.end(at, false);
}

function aim(at) {
  if (!state.page) return;
  live.cursor = { x: at.x, y: at.y };
  const tool = toolFor(at);
  if (space || tool === 'hand') live.kind = '';
  else if (tool === 'pick' || tool === 'erase') live.kind = tool;
  else if (tool === 'paint' || tool === 'white' || tool === 'keep') live.kind = 'paint';
  else live.kind = tool === 'select' ? '' : 'cross';
  const near = !gesture && tool !== 'erase' && tool !== 'pick' && target(at);
  stage.dataset.cursor = near && !space ? 'move' : space ? 'hand' : tool;
  if (near) live.kind = '';
  live.sample = tool === 'pick' ? pick(at.x, at.y) : null;
  where(at.x, at.y);
  overlay.draw();
}

const stage = document.getElementById('stage');

function refresh() {
  if (live.cursor && state.page) aim({ ...live.cursor });
  else stage.dataset.cursor = space ? 'hand' : state.tool;
}

on('tool', refresh);
