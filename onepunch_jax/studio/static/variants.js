// Four answers to choose from; one can be pinned: it is the page's until it is let go.

import * as answers from './answers.js';
import { el, fill, icon } from './dom.js';
import { change } from './history.js';
import { on, state } from './store.js';

const root = document.getElementById('variants');
const strip = el('ul', { className: 'variants', 'aria-label': 'Variants' });
const COUNT = 4;

/** The variant that the page shows. */
const shown = () => state.page?.pinned ?? state.page?.variant;

/** Colours the page four times; hints hold in each. */
export const ask = () => answers.request(COUNT);

/** Makes a variant the page's own. */
export function take(n) {
  if (!state.page || n === shown()) return;
  change(`variant ${n + 1}`, [
    { op: 'page', key: 'variant', value: n },
    ...(state.page.pinned === null ? [] : [{ op: 'page', key: 'pinned', value: null }]),
  ]);
}

/** Pins a variant, or lets it go. */
export function pin(n) {
  if (!state.page) return;
  const value = state.page.pinned === n ? null : n;
  const differs = n !== shown();
  change(
    value === null ? 'unpin' : `pin variant ${n + 1}`,
    [
      { op: 'page', key: 'variant', value: n },
      { op: 'page', key: 'pinned', value },
    ],
    differs,
  );
}

function card(n) {
  const id = state.variants[n];
  const now = shown() === n;
  const pinned = state.page?.pinned === n;
  const picture = id
    ? el('img', {
        src: `/api/pictures/${id}.png?w=160`,
        alt: '',
        loading: 'lazy',
        draggable: false,
      })
    : el('span', { className: 'number', textContent: n + 1, 'aria-hidden': 'true' });
  const choose = el(
    'button',
    {
      className: 'choice',
      'aria-pressed': String(now),
      'aria-label': `Variant ${n + 1}`,
      title: `Variant ${n + 1} (Shift+${n + 1})`,
      onclick: () => take(n),
    },
    picture,
  );
  const hold = el(
    'button',
    {
      className: 'small pin',
      title: 'Pin',
      'aria-label': `Pin variant ${n + 1}`,
      'aria-pressed': String(pinned),
      onclick: () => pin(n),
    },
    icon('pin'),
  );
  return el('li', {}, choose, hold);
}

root.append(
  strip,
  el(
    'div',
    { className: 'row' },
    el('button', { textContent: 'Show four', title: 'R', onclick: ask }),
  ),
);

function render() {
  const key = JSON.stringify([state.variants, state.page?.variant, state.page?.pinned]);
  fill(strip, key, () => Array.from({ length: COUNT }, (_, n) => card(n)));
}

on('variants page', render);
render();
