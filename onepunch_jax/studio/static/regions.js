// Regions: how wide a gap in a line is closed, and what stays as it is.

import { el } from './dom.js';
import { change } from './history.js';
import { on, set, state } from './store.js';

const root = document.getElementById('regions');
const MOST = 60; // px

const gap = el('input', {
  type: 'range',
  min: 0,
  max: MOST,
  step: 1,
  'aria-label': 'Close gaps up to',
});
const gapText = el('output', { className: 'number' });
const automatic = el('input', { type: 'checkbox', checked: true });
const guide = el('input', { type: 'checkbox', checked: true });

/** What is closed without being told, px: 1 % of the short side. */
const usual = () => Math.round(Math.min(state.page?.width ?? 0, state.page?.height ?? 0) / 100);

gap.addEventListener('input', () => (gapText.textContent = `${gap.value} px`));
gap.addEventListener('change', () =>
  change('gap', [{ op: 'page', key: 'gap', value: +gap.value }]),
);
automatic.addEventListener('change', () => {
  const value = automatic.checked ? null : +gap.value;
  change('gap', [{ op: 'page', key: 'gap', value }]);
});
guide.addEventListener('change', () => {
  set({ guide: guide.checked });
  if (!guide.checked) set({ places: [] });
});

function tool(name, text, title) {
  const press = () => set({ tool: state.tool === name ? 'paint' : name });
  return el('button', {
    textContent: text,
    title,
    'data-tool': name,
    'aria-pressed': 'false',
    onclick: press,
  });
}

root.append(
  el(
    'div',
    { className: 'row' },
    tool('split', 'Split', 'A stroke that cuts a region (S)'),
    tool('join', 'Join', 'A stroke that joins regions (J)'),
  ),
  el(
    'div',
    { className: 'row' },
    tool('white', 'Keep white', 'What is clicked stays paper (W)'),
    tool('keep', 'Keep as is', 'What is clicked keeps its pixels (K)'),
  ),
  el('label', { className: 'slider' }, el('span', { textContent: 'Gaps' }), gap, gapText),
  el('label', { className: 'check' }, automatic, 'Choose the gap by itself'),
  el('label', { className: 'check' }, guide, 'Mark the next best click'),
);

on('page', (page) => {
  automatic.checked = page?.gap === null || page?.gap === undefined;
  gap.value = automatic.checked ? usual() : page.gap;
  gapText.textContent = `${gap.value} px`;
});
on('tool', (name) => {
  for (const button of root.querySelectorAll('[data-tool]')) {
    button.setAttribute('aria-pressed', String(button.dataset.tool === name));
  }
});
on('document', (document_) => {
  const can = document_?.can?.regions !== false;
  for (const control of root.querySelectorAll('[data-tool=split], [data-tool=join]'))
    control.disabled = !can;
});
