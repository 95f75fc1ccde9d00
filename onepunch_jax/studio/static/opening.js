// Pages come in: by the dialog, a drop, a paste, or from the samples.

import { blob as loaded, get, picture, send, upload } from './api.js';
import * as answers from './answers.js';
import { el } from './dom.js';
import { read as readPalette } from './palette.js';
import { add as addReferences } from './references.js';
import * as preview from './preview.js';
import * as scene from './scene.js';
import { busy, done, say, warn } from './status.js';
import { on, set, state } from './store.js';
import { restore } from './view.js';

const PALETTE = /\.(gpl|ase|aco)$/i;
const input = document.getElementById('file');
const welcome = document.getElementById('welcome');
const drop = document.getElementById('drop');
let turning = 0;

/** Shows a page: its lines at once, its colours as soon as they are there. */
export async function show(page) {
  const turn = ++turning;
  if (!page) return empty();
  answers.stop();
  const old = state.page;
  set({
    page,
    answer: null,
    variants: [],
    selected: null,
    suggestions: [],
    suggestedAt: null,
    places: [],
  });
  welcome.hidden = true;
  busy('Opening');
  try {
    const lines = await picture(`/api/pages/${page.id}/lines.png`);
    if (turn !== turning) return lines.close();
    preview.end();
    scene.setLines(lines);
    restore();
    done('');
    document.title = `${page.name} - onepunch studio`;
    document.getElementById('stage').setAttribute('aria-label', `Page ${page.name}`);
    if (page.answer && (await answers.show(page.answer))) return;
    if (!scene.hasColors()) await answers.request();
  } catch (error) {
    if (turn !== turning) return;
    preview.end();
    if (old) set({ page: old });
    done('');
    warn(error.message);
  }
}

/** Shows a document's current page. */
export async function openDocument(document_) {
  set({ document: document_ });
  const id = document_?.current;
  if (document_?.notes?.length) warn(document_.notes.join(' '));
  if (id) await show(await get(`/api/pages/${id}`));
  else empty();
}

function empty() {
  answers.stop();
  set({ page: null, answer: null, places: [], suggestedAt: null });
  scene.setLines(null);
  welcome.hidden = false;
}

/** Sends files as pages; the first replaces what is open unless `add`. */
export async function open(files, add = false) {
  let more = add;
  for (const blob of files) {
    if (PALETTE.test(blob.name)) {
      await readPalette(blob);
      continue;
    }
    busy(`Reading ${blob.name}`);
    set({ replacing: !more });
    if (!more) look(blob);
    try {
      const document_ = await upload(`/api/open${more ? '?add=1' : ''}`, blob.name, blob);
      const wasOpen = more && state.page;
      more = true;
      done('');
      if (wasOpen) set({ document: document_ });
      else await openDocument(document_);
    } catch (error) {
      closed();
      warn(error.message);
    }
    set({ replacing: false });
  }
}

/** Shows a file while the server reads it. */
function look(blob) {
  welcome.hidden = true;
  preview.show(blob);
}

/** The file was no page: what was there before is there again. */
function closed() {
  preview.end();
  welcome.hidden = Boolean(state.page);
  done('');
}

async function openSample(id, name) {
  for (const menu of document.querySelectorAll('[popover]:popover-open')) menu.hidePopover();
  busy(`Opening ${name}`);
  set({ replacing: true });
  try {
    loaded(`/api/samples/${id}.png`).then(look, () => {});
    await openDocument(await send('POST', `/api/samples/${id}`));
  } catch (error) {
    closed();
    warn(error.message);
  }
  set({ replacing: false });
}

/** The samples, in the welcome and in the menu. */
async function fillSamples() {
  let samples = [];
  try {
    samples = await get('/api/samples');
  } catch {
    return;
  }
  for (const root of [document.getElementById('gallery'), document.getElementById('samples')]) {
    root.replaceChildren(
      ...samples.map(({ id, name }) => {
        const image = el('img', { src: `/api/samples/${id}.png`, alt: '', loading: 'lazy' });
        const press = () => openSample(id, name);
        const button = el('button', { className: 'sample', onclick: press }, image, name);
        return root.tagName === 'UL' ? el('li', {}, button) : button;
      }),
    );
  }
}

export const dialog = () => input.click();

input.addEventListener('change', () => {
  open([...input.files]);
  input.value = '';
});

const inReferences = (event) => event.target.closest?.('#panel-references') && state.page;
const inBook = (event) => event.target.closest?.('#book') && state.page;

addEventListener('dragover', (event) => {
  if (![...event.dataTransfer.types].includes('Files')) return;
  event.preventDefault();
  drop.textContent = inReferences(event)
    ? 'A reference'
    : inBook(event)
      ? 'Further pages'
      : 'Open this page';
  drop.hidden = false;
});
addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) drop.hidden = true;
});
addEventListener('drop', (event) => {
  drop.hidden = true;
  const files = [...event.dataTransfer.files];
  if (!files.length) return;
  event.preventDefault();
  if (inReferences(event)) addReferences(files);
  else open(files, Boolean(inBook(event)));
});
addEventListener('paste', (event) => {
  if (event.target.closest?.('input, textarea')) return;
  const files = [...event.clipboardData.files];
  if (!files.length) return say('There is no picture on the clipboard.');
  event.preventDefault();
  open(files.map((f) => new File([f], f.name || 'pasted.png', { type: f.type })));
});

on('turned', show);
fillSamples();
