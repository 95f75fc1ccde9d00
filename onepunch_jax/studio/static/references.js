// References: pictures whose colours the page may take. Dropped here, several, removable.

import { upload } from './api.js';
import { name } from './colors.js';
import { el, fill } from './dom.js';
import { change } from './history.js';
import { choose } from './picker.js';
import { busy, done, warn } from './status.js';
import { on, set, state } from './store.js';

const root = document.getElementById('references');
const list = el('ul', { className: 'references', 'aria-label': 'References of this page' });
const file = el('input', { type: 'file', accept: 'image/*', multiple: true, hidden: true });
const note = el('p', { className: 'none' });

/** The ids of a page's references; the server sends them with names, a change has none. */
const ids = (page) => (page?.references ?? []).map((r) => r.id ?? r);

/** Adds pictures as references of the open page. */
export async function add(files) {
  if (!state.page) return;
  for (const blob of files) {
    busy(`Reading ${blob.name}`);
    try {
      const reference = await upload('/api/references', blob.name, blob);
      const references = { ...state.document.references, [reference.id]: reference.name };
      set({ document: { ...state.document, references } });
      const value = [...ids(state.page), reference.id];
      change('reference', [{ op: 'page', key: 'references', value }]);
    } catch (error) {
      done('');
      warn(error.message);
    }
  }
}

/** The colour of a shown picture under the pointer. */
function colorAt(image, event) {
  const box = image.getBoundingClientRect();
  const canvas = el('canvas', { width: 1, height: 1 });
  const context = canvas.getContext('2d');
  const x = ((event.clientX - box.left) / box.width) * image.naturalWidth;
  const y = ((event.clientY - box.top) / box.height) * image.naturalHeight;
  context.drawImage(image, -Math.floor(x), -Math.floor(y));
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return '#' + [r, g, b].map((v) => v.toString(16).padStart(2, '0')).join('');
}

function item(id) {
  const title = state.document?.references?.[id] ?? id;
  const image = el('img', {
    src: `/api/references/${id}.jpg`,
    alt: `Reference ${title}`,
    title: 'Click to take a colour',
    draggable: false,
    onclick: (event) => {
      set({ selected: null });
      choose(colorAt(image, event));
      done(`Took ${name(state.color)} from ${title}`);
    },
  });
  const drop = el('button', {
    className: 'small',
    textContent: '×',
    'aria-label': `Remove reference ${title}`,
    onclick: () => {
      const value = ids(state.page).filter((other) => other !== id);
      change('remove reference', [{ op: 'page', key: 'references', value }]);
    },
  });
  return el('li', {}, image, drop);
}

file.addEventListener('change', () => {
  add([...file.files]);
  file.value = '';
});

root.append(
  list,
  el(
    'div',
    { className: 'row' },
    el('button', {
      textContent: 'Add',
      'aria-label': 'Add a reference',
      onclick: () => file.click(),
    }),
  ),
  note,
  file,
);

on('page', (page) => fill(list, ids(page).join(), () => ids(page).map(item)));
on('document', (document_) => {
  const can = document_?.can?.references !== false;
  note.textContent = can
    ? 'Or drop pictures on this panel.'
    : 'This checkpoint reads no references.';
});
