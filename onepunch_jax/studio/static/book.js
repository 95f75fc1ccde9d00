// The pages at the bottom: thumbnails, what became of each, a queue that can be cancelled.

import { send } from './api.js';
import { el, fill } from './dom.js';
import { change, later, setDocument } from './history.js';
import { say, warn } from './status.js';
import { emit, on, set, state } from './store.js';

const root = document.getElementById('book');
const list = el('ol', { className: 'pages' });
const note = el('span', { className: 'note', role: 'status' });
const go = el('button', { textContent: 'Colour all', onclick: start });
const remember = el('input', { type: 'checkbox' });
const stop = el('button', { textContent: 'Cancel', onclick: cancel, hidden: true });
const WORDS = {
  new: 'not coloured',
  queued: 'waits',
  working: 'being coloured',
  done: 'coloured',
  failed: 'failed',
};

/** Turns to a page. */
export function turn(id) {
  if (!state.document || id === state.page?.id) return;
  change('page', [{ op: 'current', value: id }], false);
  later('GET', `/api/pages/${id}`, undefined, (page) => emit('turned', page));
}

/** Turns `by` pages on. */
export function turnBy(by) {
  const pages = state.document?.pages ?? [];
  const next = pages[pages.findIndex((p) => p.id === state.page?.id) + by];
  if (next) turn(next.id);
}

async function start() {
  try {
    await send('POST', '/api/queue', { pages: null });
    say('Pages are being coloured; you can go on meanwhile.');
  } catch (error) {
    warn(error.message);
  }
}

async function cancel() {
  try {
    await send('DELETE', '/api/queue');
    say('Cancelled; pages that are done stay.');
  } catch (error) {
    warn(error.message);
  }
}

function card(page, n) {
  const now = page.id === state.page?.id;
  const title = `Page ${n + 1}, ${page.name}: ${page.error ?? WORDS[page.status] ?? page.status}`;
  const image = el('img', {
    src: `/api/pages/${page.id}/thumb.jpg?v=${page.thumb ?? 0}`,
    alt: '',
    loading: 'lazy',
    draggable: false,
  });
  const button = el(
    'button',
    {
      title,
      'aria-label': title,
      'aria-current': now ? 'page' : null,
      onclick: () => turn(page.id),
    },
    image,
    el('span', {
      className: 'badge',
      textContent: page.status === 'failed' ? '!' : n + 1,
      'aria-hidden': 'true',
    }),
  );
  button.dataset.status = page.status;
  const skip = page.status === 'queued' || page.status === 'working';
  const drop = skip
    ? el('button', {
        className: 'small',
        textContent: '×',
        'aria-label': `Take page ${n + 1} out of the queue`,
        onclick: () =>
          send('DELETE', `/api/queue/${page.id}`).catch((error) => warn(error.message)),
      })
    : null;
  return el('li', {}, button, drop);
}

function render() {
  const pages = state.document?.pages ?? [];
  root.dataset.pages = pages.length;
  fill(list, JSON.stringify([pages, state.page?.id]), () => pages.map(card));
  const count = (status) => pages.filter((p) => p.status === status).length;
  const left = count('queued') + count('working');
  stop.hidden = left === 0;
  remember.checked = Boolean(state.document?.remember);
  go.disabled = pages.length === 0;
  const parts = [`${count('done')} of ${pages.length} coloured`];
  if (left) parts.push(`${left} in the queue`);
  if (count('failed')) parts.push(`${count('failed')} failed`);
  note.textContent = pages.length ? parts.join(', ') : '';
  list.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

remember.addEventListener('change', () =>
  setDocument('remember', remember.checked, 'carry colours'),
);
root.append(
  list,
  el(
    'div',
    { className: 'row' },
    go,
    stop,
    el('label', { className: 'check' }, remember, 'Carry colours from page to page'),
    note,
  ),
);

on('document page', render);
on('elsewhere', (answer) => {
  const pages = state.document?.pages.map((p) =>
    p.id === answer.page ? { ...p, thumb: answer.id } : p,
  );
  if (pages) set({ document: { ...state.document, pages } });
});
