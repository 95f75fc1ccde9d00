// Mouse, pen and fingers on the stage, as gestures: what a tool sees is begin, move, end, cancel
// with places of the page; pinching, panning and palms are dealt with here.

import { panBy, toPage, view, zoomAt } from './view.js';

const stage = document.getElementById('stage');
const PALM = 60; // css px: a touch as wide as this is a palm
const AFTER_PEN = 700; // ms after the pen in which touches are palms
const LONG = 550; // ms
const SLOP = 5; // css px a press may move and still be a press

const fingers = new Map(); // pointerId -> {x, y} in device px
let active = null; // the pointer that a tool hears: {id, type, x, y, moved, timer}
let penSeen = -Infinity;
let penUsed = false; // who has a pen draws with it; a finger then pans
let hands = null;

function device(event) {
  const box = stage.getBoundingClientRect();
  return [(event.clientX - box.left) * view.ratio, (event.clientY - box.top) * view.ratio];
}

function place(event) {
  const [sx, sy] = device(event);
  const [x, y] = toPage(sx, sy);
  const pen = event.pointerType === 'pen';
  return {
    x,
    y,
    sx,
    sy,
    pressure: pen ? event.pressure : 0.5,
    pen,
    eraser: pen && (event.buttons & 32) === 32,
    shift: event.shiftKey,
    alt: event.altKey,
    control: event.ctrlKey || event.metaKey,
    type: event.pointerType,
    time: event.timeStamp,
  };
}

function isPalm(event) {
  if (event.pointerType !== 'touch') return false;
  const wide = Math.max(event.width, event.height) > PALM;
  return wide || active?.type === 'pen' || performance.now() - penSeen < AFTER_PEN;
}

function capture(id) {
  try {
    stage.setPointerCapture(id);
  } catch {
    // the pointer is gone already: its end comes, or was never there
  }
}

function stopPress() {
  if (active?.timer) clearTimeout(active.timer);
  if (active) active.timer = 0;
}

function cancel() {
  stopPress();
  if (active && !active.pans) hands.cancel();
  active = null;
}

function down(event) {
  if (isPalm(event)) return;
  stage.focus({ preventScroll: true });
  const [x, y] = device(event);
  capture(event.pointerId);
  if (event.pointerType === 'pen') {
    penUsed = true;
    penSeen = performance.now();
    fingers.clear();
  }
  if (event.pointerType === 'touch') {
    fingers.set(event.pointerId, { x, y });
    if (fingers.size > 1) {
      cancel(); // the second finger makes it a pinch
      return;
    }
  }
  const pans = event.button === 1 || hands.pans() || (event.pointerType === 'touch' && penUsed);
  if (pans) {
    active = { id: event.pointerId, type: event.pointerType, x, y, last: [x, y], pans: true };
    stage.classList.add('panning');
    return;
  }
  if (event.button === 2) {
    hands.second(place(event));
    return;
  }
  if (active) return;
  const at = place(event);
  active = { id: event.pointerId, type: event.pointerType, x, y, moved: false, timer: 0 };
  if (event.pointerType !== 'mouse') {
    active.timer = setTimeout(() => {
      if (active && !active.moved && hands.long(at)) active = null;
    }, LONG);
  }
  hands.begin(at);
}

function pinch(event) {
  const [a, b] = [...fingers.values()];
  const before = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, d: Math.hypot(a.x - b.x, a.y - b.y) };
  const [x, y] = device(event);
  fingers.set(event.pointerId, { x, y });
  const [c, d] = [...fingers.values()];
  const now = { x: (c.x + d.x) / 2, y: (c.y + d.y) / 2, d: Math.hypot(c.x - d.x, c.y - d.y) };
  panBy(now.x - before.x, now.y - before.y);
  if (before.d > 0) zoomAt(now.x, now.y, now.d / before.d);
}

function move(event) {
  if (event.pointerType === 'pen') penSeen = performance.now();
  if (fingers.has(event.pointerId) && fingers.size > 1) return pinch(event);
  const [x, y] = device(event);
  if (fingers.has(event.pointerId)) fingers.set(event.pointerId, { x, y });
  if (active?.pans && active.id === event.pointerId) {
    panBy(x - active.last[0], y - active.last[1]);
    active.last = [x, y];
    return;
  }
  if (active?.id === event.pointerId) {
    if (Math.hypot(x - active.x, y - active.y) > SLOP * view.ratio) {
      active.moved = true;
      stopPress();
    }
    const all = event.getCoalescedEvents?.() ?? [];
    for (const part of all.length ? all : [event]) hands.move(place(part), active.moved);
    return;
  }
  if (!isPalm(event)) hands.hover(place(event));
}

function up(event) {
  fingers.delete(event.pointerId);
  if (active?.id !== event.pointerId) return;
  stopPress();
  const { pans, moved } = active;
  active = null;
  stage.classList.remove('panning');
  if (!pans) hands.end(place(event), moved);
}

function wheel(event) {
  event.preventDefault();
  const unit = event.deltaMode === 1 ? 16 : 1;
  const dx = event.deltaX * unit;
  const dy = event.deltaY * unit;
  // a track pad sends small steps and both directions, a wheel large ones of one
  const pad = event.deltaMode === 0 && !event.ctrlKey && (dx !== 0 || Math.abs(dy) < 40);
  if (event.shiftKey) return panBy(-(dx || dy) * view.ratio, 0);
  if (pad) return panBy(-dx * view.ratio, -dy * view.ratio);
  const [x, y] = device(event);
  zoomAt(x, y, Math.exp(-dy * (event.ctrlKey && Math.abs(dy) < 40 ? 0.01 : 0.0022)));
}

/** Starts listening. `listener`: begin, move, end, cancel, hover, leave, second, long, pans. */
export function listen(listener) {
  hands = listener;
  stage.addEventListener('pointerdown', down);
  stage.addEventListener('pointermove', move);
  stage.addEventListener('pointerup', up);
  stage.addEventListener('pointercancel', (event) => {
    fingers.delete(event.pointerId);
    if (active?.id === event.pointerId) cancel();
    stage.classList.remove('panning');
  });
  stage.addEventListener('pointerleave', () => active || hands.leave());
  stage.addEventListener('wheel', wheel, { passive: false });
  stage.addEventListener('contextmenu', (event) => event.preventDefault());
}
