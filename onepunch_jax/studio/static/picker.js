// The colour panel: a square of saturation and brightness, sliders, a code, the brush's radius.

import { fromHsv, name, parse, toHsv } from './colors.js';
import { change } from './history.js';
import { el, fill, swatch } from './dom.js';
import { find } from './page.js';
import { on, set, state } from './store.js';

const root = document.getElementById('picker');
let hsv = toHsv(state.color);

/** Makes a colour the current one; a selected dot takes it. */
export function choose(color) {
  set({ color });
  const chosen = find(state.page, state.selected);
  if (chosen?.use === 'color' && chosen.color !== color) {
    change('recolour', [{ op: 'set', id: chosen.id, color }]);
  }
}

const square = el('div', { className: 'square', 'aria-hidden': 'true' }, el('span'));
const chip = el('span', { className: 'chip', 'aria-hidden': 'true' });
const code = el('input', {
  type: 'text',
  maxLength: 7,
  spellcheck: false,
  'aria-label': 'Colour code',
});
const word = el('output', { className: 'word' });
const [hue, saturation, value] = [
  ['Hue', 360],
  ['Saturation', 100],
  ['Brightness', 100],
].map(([label, most]) => {
  const input = el('input', { type: 'range', min: 0, max: most, step: 1, 'aria-label': label });
  input.classList.add(label.toLowerCase());
  return input;
});
const radius = el('input', { type: 'range', min: 1, max: 100, step: 1, 'aria-label': 'Radius' });
const radiusText = el('output', { className: 'number' });

function render() {
  const [h, s, v] = hsv;
  const pure = fromHsv(h, 100, 100);
  square.style.backgroundColor = pure;
  square.firstChild.style.left = `${s}%`;
  square.firstChild.style.top = `${100 - v}%`;
  square.firstChild.style.backgroundColor = state.color;
  saturation.style.setProperty('--from', fromHsv(h, 0, v));
  saturation.style.setProperty('--to', fromHsv(h, 100, v));
  value.style.setProperty('--from', '#000');
  value.style.setProperty('--to', fromHsv(h, s, 100));
  hue.value = Math.round(h);
  saturation.value = Math.round(s);
  value.value = Math.round(v);
  chip.style.backgroundColor = state.color;
  word.textContent = name(state.color);
  if (document.activeElement !== code) code.value = state.color;
}

/** While a slider moves only the colour changes; the selected dot takes it at the end. */
function slide(next) {
  hsv = next;
  set({ color: fromHsv(...hsv) });
}

const finish = () => choose(state.color);

for (const input of [hue, saturation, value]) {
  input.addEventListener('input', () => slide([+hue.value, +saturation.value, +value.value]));
  input.addEventListener('change', finish);
}

function fromSquare(event) {
  const box = square.getBoundingClientRect();
  const part = (v) => Math.max(0, Math.min(1, v));
  const s = 100 * part((event.clientX - box.left) / box.width);
  slide([hsv[0], s, 100 - 100 * part((event.clientY - box.top) / box.height)]);
}

square.addEventListener('pointerdown', (event) => {
  square.setPointerCapture(event.pointerId);
  fromSquare(event);
});
square.addEventListener('pointermove', (event) => event.buttons && fromSquare(event));
square.addEventListener('pointerup', finish);

code.addEventListener('change', () => {
  const color = parse(code.value);
  if (color) choose(color);
  code.value = state.color;
});

radius.addEventListener('input', () => set({ radius: +radius.value }));

/** Changes the radius of the brush, or of the selected dot. */
export function resizeBy(factor) {
  const chosen = find(state.page, state.selected);
  if (chosen) {
    const points = chosen.points.map(([x, y, r]) => [
      x,
      y,
      Math.max(1, Math.round(r * factor * 10) / 10),
    ]);
    change('resize', [{ op: 'set', id: chosen.id, points }]);
  } else {
    const next = factor > 1 ? Math.ceil(state.radius * factor) : Math.floor(state.radius * factor);
    set({ radius: Math.max(1, Math.min(100, next)) });
  }
}

function renderUsed() {
  const colors = new Set(
    state.page?.hints
      .map((h) => h.color)
      .filter(Boolean)
      .reverse(),
  );
  for (const color of state.document?.used ?? []) colors.add(color);
  const shown = [...colors].slice(0, 24);
  fill(document.getElementById('used'), shown.join(), () =>
    shown.length
      ? shown.map((c) => swatch(c, `Used: ${name(c)} ${c}`, () => choose(c)))
      : [el('p', { className: 'none', textContent: 'No colours yet.' })],
  );
}

root.append(
  el('div', { className: 'now' }, chip, code, word),
  square,
  hue,
  saturation,
  value,
  el('label', { className: 'slider' }, el('span', { textContent: 'Radius' }), radius, radiusText),
);

on('color', (color) => {
  // the hue of a grey is what it was
  if (fromHsv(...hsv) !== color) {
    const next = toHsv(color);
    hsv = next[1] === 0 ? [hsv[0], next[1], next[2]] : next;
  }
  render();
});
on('radius', (r) => {
  radius.value = r;
  radiusText.textContent = `${r} px`;
});
on('picked', (color) => {
  set({ selected: null });
  choose(color);
});
on('page document', renderUsed);
render();
