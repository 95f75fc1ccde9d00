// What the server says by itself: pages of the queue, warming up, answers that changed.

import * as answers from './answers.js';
import { get } from './api.js';
import { retry, waiting } from './history.js';
import { aside, progress } from './status.js';
import { emit, set, state } from './store.js';

let source = null;

function page(change) {
  const { document } = state;
  if (!document) return;
  const pages = document.pages.map((p) => (p.id === change.id ? { ...p, ...change } : p));
  set({ document: { ...document, pages } });
}

function status({ text, busy }) {
  if (!state.busy) aside(text, busy);
}

/** A stage of an answer: of no interest once the answer is here, which may overtake it. */
function stage({ page, text }) {
  if (state.busy && page === state.page?.id) progress(text);
}

/** The stream is open (again): what happened meanwhile is asked for. */
async function opened() {
  const missed = state.offline;
  set({ offline: false });
  if (missed && !waiting()) {
    try {
      set({ document: await get('/api/document') });
      answers.request();
    } catch {
      return;
    }
  }
  retry();
}

/** Listens until the page is left; the browser itself connects again. */
export function listen() {
  source?.close();
  source = new EventSource('/api/events');
  source.addEventListener('open', opened);
  source.addEventListener('error', () => {
    if (!state.offline) set({ offline: true });
    // a refused stream is closed for good; another one is tried
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  });
  const hear = (name, heard) =>
    source.addEventListener(name, (event) => heard(JSON.parse(event.data)));
  hear('page', page);
  hear('status', status);
  hear('stage', stage);
  hear('answer', (answer) => {
    if (answer.page === state.page?.id && !state.busy) answers.show(answer);
    else emit('elsewhere', answer);
  });
}
