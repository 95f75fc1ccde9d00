// The palette of the series: names, colours, locks; in and out as JSON, GPL, ASE, ACO.

import * as answers from './answers.js';
import { upload } from './api.js';
import { name, parse } from './colors.js';
import { el, fill, icon } from './dom.js';
import { save } from './export.js';
import { change, setDocument } from './history.js';
import { newId } from './page.js';
import { choose } from './picker.js';
import { say, warn } from './status.js';
import { on, set, state } from './store.js';

const root = document.getElementById('palette');
const FORMATS = ['json', 'gpl', 'ase', 'aco'];
const only = el('input', { type: 'checkbox' });
const list = el('ul', { className: 'entries', 'aria-label': 'Colours of the series' });
const file = el('input', { type: 'file', accept: '.json,.gpl,.ase,.aco', hidden: true });

/** Changes the palette, one step of undo; every page that uses it follows. */
function edit(label, palette) {
  set({ document: { ...state.document, palette } });
  change(label, [{ op: 'palette', value: palette }]);
}

function replace(id, fields, label) {
  edit(
    label,
    state.document.palette.map((p) => (p.id === id ? { ...p, ...fields } : p)),
  );
}

function row(entry) {
  const title = entry.name || name(entry.color);
  const use = el('button', {
    className: 'swatch',
    title: `Draw with ${title}`,
    'aria-label': `Draw with ${title}, ${entry.color}`,
    onclick: () => choose(entry.color),
  });
  use.dataset.color = entry.color;
  use.style.backgroundColor = entry.color;
  const label = el('input', {
    type: 'text',
    value: entry.name,
    'aria-label': `Name of ${title}`,
    onchange: (event) => replace(entry.id, { name: event.target.value }, 'rename colour'),
  });
  const code = el('input', {
    type: 'text',
    className: 'code',
    value: entry.color,
    maxLength: 7,
    spellcheck: false,
    disabled: entry.locked,
    'aria-label': `Colour of ${title}`,
    onchange: (event) => {
      const color = parse(event.target.value);
      if (color) replace(entry.id, { color }, 'palette');
      else event.target.value = entry.color;
    },
  });
  const now = el(
    'button',
    {
      className: 'small',
      title: 'Take the current colour',
      'aria-label': `${title} takes the current colour`,
      disabled: entry.locked,
      onclick: () => replace(entry.id, { color: state.color }, 'palette'),
    },
    icon('take'),
  );
  const lock = el(
    'button',
    {
      className: 'small',
      title: entry.locked ? 'Locked' : 'Lock',
      'aria-label': `Lock ${title}`,
      'aria-pressed': String(Boolean(entry.locked)),
      onclick: () => replace(entry.id, { locked: !entry.locked }, 'lock'),
    },
    icon(entry.locked ? 'locked' : 'unlocked'),
  );
  const drop = el(
    'button',
    {
      className: 'small',
      'aria-label': `Remove ${title}`,
      disabled: entry.locked,
      onclick: () =>
        edit(
          'remove colour',
          state.document.palette.filter((p) => p.id !== entry.id),
        ),
    },
    icon('close'),
  );
  return el('li', {}, use, label, code, now, lock, drop);
}

function add() {
  const entry = {
    id: newId(),
    name: name(state.color),
    color: state.color,
    source: state.color,
    locked: false,
  };
  edit('add colour', [...(state.document?.palette ?? []), entry]);
}

/** Reads a palette from a file. */
export async function read(blob) {
  try {
    set({ document: await upload('/api/palette', blob.name, blob) });
    say(`The palette is that of ${blob.name}.`);
    answers.request();
  } catch (error) {
    warn(error.message);
  }
}

file.addEventListener('change', () => {
  if (file.files[0]) read(file.files[0]);
  file.value = '';
});

only.addEventListener('change', () =>
  setDocument('only_palette', only.checked, 'only the palette'),
);

root.append(
  list,
  el('label', { className: 'check' }, only, 'No other colours'),
  el(
    'div',
    { className: 'row' },
    el('button', { textContent: 'Add current', onclick: add }),
    el('button', { textContent: 'Import', onclick: () => file.click() }),
    ...FORMATS.map((f) =>
      el('button', {
        className: 'small',
        textContent: f.toUpperCase(),
        'aria-label': `Save the palette as ${f.toUpperCase()}`,
        onclick: () => save(`/api/palette.${f}`),
      }),
    ),
  ),
  file,
);

on('document', (document_) => {
  const palette = document_?.palette ?? [];
  only.checked = Boolean(document_?.only_palette);
  only.disabled = document_?.can?.palette === false || !palette.length;
  fill(list, JSON.stringify(palette), () =>
    palette.length
      ? palette.map(row)
      : [el('li', { className: 'none', textContent: 'Empty: pages have any colours.' })],
  );
});
