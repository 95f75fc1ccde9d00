// Comparing: a slider between before and after, and a key that shows the bare page while held.

import { setBefore } from './scene.js';
import { on, set, state } from './store.js';

const divider = document.getElementById('divider');

export function toggle() {
  if (!state.page) return;
  setBefore(state.comparing ? null : 'lines');
  set({ comparing: !state.comparing });
  if (state.comparing) divider.focus();
}

export const hold = (down) => state.holding !== down && set({ holding: down });

function move(to) {
  set({ divider: Math.max(0, Math.min(1, to)) });
}

function fromPointer(event) {
  const box = divider.parentElement.getBoundingClientRect();
  move((event.clientX - box.left) / box.width);
}

divider.addEventListener('pointerdown', (event) => {
  divider.setPointerCapture(event.pointerId);
  divider.focus();
  event.preventDefault();
});
divider.addEventListener('pointermove', (event) => {
  if (divider.hasPointerCapture(event.pointerId)) fromPointer(event);
});
divider.addEventListener('keydown', (event) => {
  const step = event.shiftKey ? 0.1 : 0.02;
  const to = {
    ArrowLeft: state.divider - step,
    ArrowDown: state.divider - step,
    ArrowRight: state.divider + step,
    ArrowUp: state.divider + step,
    PageDown: state.divider - 0.1,
    PageUp: state.divider + 0.1,
    Home: 0,
    End: 1,
  }[event.key];
  if (to === undefined) return;
  move(to);
  event.preventDefault();
  event.stopPropagation();
});

on('comparing divider', () => {
  const percent = Math.round(100 * state.divider);
  divider.hidden = !state.comparing;
  divider.style.left = `${100 * state.divider}%`;
  divider.setAttribute('aria-valuenow', percent);
  divider.setAttribute('aria-valuetext', `${percent} % before`);
});
on('page', (page) => {
  if (!page && state.comparing) set({ comparing: false });
});
