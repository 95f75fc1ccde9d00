// Shading over the flat colours: off, cel or soft.

import { el } from './dom.js';
import { change } from './history.js';
import { on, state } from './store.js';

const KINDS = { off: 'Off', cel: 'Cel', soft: 'Soft' };
const TITLES = {
  off: 'Flat colours',
  cel: 'Shadow and light with hard edges',
  soft: 'Shadow and light with soft edges',
};
const root = document.getElementById('shading');
let last = 'cel'; // what the key turns on

/** Whether the checkpoint can shade. */
const can = () => state.document?.can?.shading !== false;

/** Shades the page so; one step of undo. */
export function choose(kind) {
  if (!state.page || !can() || kind === state.page.shading) return;
  change('shading', [{ op: 'page', key: 'shading', value: kind }]);
}

/** Flat, or shaded as it was last. */
export const toggle = () => choose(state.page?.shading === 'off' ? last : 'off');

const buttons = Object.entries(KINDS).map(([kind, text]) => {
  const button = el('button', {
    textContent: text,
    title: TITLES[kind],
    'aria-pressed': 'false',
    onclick: () => choose(kind),
  });
  button.dataset.kind = kind;
  return button;
});
const text = el('p', { className: 'none' });
root.append(el('div', { className: 'row', role: 'group', 'aria-label': 'Shading' }, ...buttons), text);

function render() {
  const now = state.page?.shading ?? 'off';
  if (now !== 'off') last = now;
  for (const button of buttons) {
    button.setAttribute('aria-pressed', String(button.dataset.kind === now));
    button.disabled = !state.page || !can();
  }
  text.textContent = can()
    ? 'A click takes longer while it is on; PSD and ORA have shadow and light as layers.'
    : 'This checkpoint does not shade.';
}

on('page document', render);
