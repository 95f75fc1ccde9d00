// Colours that the place of the last click may have: beside it, in the panel, under the keys 1-9.

import { send } from './api.js';
import * as answers from './answers.js';
import { name } from './colors.js';
import { el, fill, swatch } from './dom.js';
import { change } from './history.js';
import { find, hint } from './page.js';
import { choose } from './picker.js';
import { on, set, state } from './store.js';
import { toScreen, view } from './view.js';

const nearby = document.getElementById('nearby');
const panel = document.getElementById('suggested');
let controller = null;

/** Asks for the colours of a place, after the picture that the click itself asked for. */
async function ask({ x, y }) {
  controller?.abort();
  controller = new AbortController();
  const { signal } = controller;
  const { page } = state;
  if (state.document?.can?.suggest === false) return;
  set({ suggestions: [], suggestedAt: { x, y } });
  await new Promise((later) => setTimeout(later)); // a change of this turn begins to be computed
  await answers.quiet();
  if (signal.aborted || page.id !== state.page?.id) return;
  try {
    const found = await send('POST', `/api/pages/${page.id}/suggest`, { x, y }, signal);
    set({ suggestions: found.colors.slice(0, 9) });
  } catch {
    // no suggestions: nothing is lost
  }
}

/** Takes suggestion `n`: the selected dot is recoloured, else a dot is put at the place. */
export function take(n) {
  const { color } = state.suggestions[n] ?? {};
  if (!color) return;
  if (find(state.page, state.selected)?.use === 'color') return choose(color);
  set({ color });
  const at = state.suggestedAt;
  if (!at) return;
  const made = hint('color', color, [[at.x, at.y, state.radius]]);
  change('dot', [{ op: 'add', hint: made }]);
  set({ selected: made.id });
}

export function close() {
  const was = !nearby.hidden;
  set({ suggestedAt: null });
  return was;
}

function render() {
  const { suggestions, suggestedAt } = state;
  const key = suggestions.map((s) => s.color).join();
  const make = () =>
    suggestions.map(({ color, probability: p }, n) => {
      const share = p === undefined ? '' : `, ${Math.round(100 * p)} %`;
      return swatch(color, `${name(color)} ${color}${share}: key ${n + 1}`, () => take(n), n + 1);
    });
  fill(panel, key, () =>
    suggestions.length
      ? make()
      : [el('p', { className: 'none', textContent: 'Click on the page.' })],
  );
  fill(nearby, key, make);
  nearby.hidden = !suggestions.length || !suggestedAt;
  locate();
}

/** Under the dot, or over it where the window ends; inside the stage. */
function locate() {
  if (nearby.hidden || !state.suggestedAt) return;
  const [x, y] = toScreen(state.suggestedAt.x, state.suggestedAt.y).map((v) => v / view.ratio);
  const gap = Math.max(16, (state.radius * view.zoom) / view.ratio + 12);
  const box = nearby.getBoundingClientRect();
  const [width, height] = [view.width / view.ratio, view.height / view.ratio];
  const below = y + gap + box.height < height;
  nearby.style.left = `${Math.max(4, Math.min(width - box.width - 4, x - box.width / 2))}px`;
  const top = below ? y + gap : y - gap - box.height;
  nearby.style.top = `${Math.max(4, Math.min(height - box.height - 4, top))}px`;
}

on('dotted asked', ask);
on('asked', () => set({ selected: null }));
on('suggestions suggestedAt', render);
on('view', locate);
