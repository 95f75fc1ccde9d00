// Changes, one after the other: done here at once, then sent. The server keeps them and everything
// that can be undone; what it has not heard of yet (it is slow, or gone) waits in order.

import * as answers from './answers.js';
import { Lost, Refused, get, send } from './api.js';
import { apply } from './page.js';
import { say, warn } from './status.js';
import { emit, set, state } from './store.js';

const AGAIN = [300, 700, 1500, 3000]; // ms between attempts to reach the server
const jobs = [];
let running = false;
let number = Date.now(); // grows over reloads, too

export const waiting = () => jobs.length;

/**
 * Does operations on the open page and sends them as one step of undo; `colors` says whether the
 * page has to be coloured again.
 */
export function change(label, ops, colors = true) {
  if (!state.page || !ops.length) return;
  set({ page: apply(state.page, ops), ...(colors ? { places: [] } : {}) });
  const chooses = ops.every((op) => op.key === 'variant' || op.key === 'pinned');
  if (!chooses) set({ variants: [] }); // they are of the page as it was
  if (colors) answers.stop();
  enqueue({
    path: '/api/changes',
    body: { seq: ++number, page: state.page.id, label, ops },
    colors,
  });
}

export const undo = () => step('/api/undo');
export const redo = () => step('/api/redo');

function step(path) {
  if (!state.document) return;
  answers.stop();
  enqueue({ path, body: { seq: ++number }, whole: true, colors: true });
}

/** Sends something else in its turn; `after(result)` is called with what comes back. */
export function later(method, path, body, after) {
  enqueue({ method, path, body, after, quiet: true });
}

function enqueue(job) {
  jobs.push(job);
  drain();
}

async function drain() {
  if (running) return;
  running = true;
  let colors = false;
  for (let failures = 0; jobs.length;) {
    const job = jobs[0];
    const asks = Boolean(job.colors && state.page && jobs.length === 1);
    try {
      const result = asks
        ? await answers.ask(job.path, job.body)
        : await send(job.method ?? 'POST', job.path, job.body);
      jobs.shift();
      failures = 0;
      if (state.offline) set({ offline: false });
      if (job.whole) job.colors = moved(result, job.path);
      else if (!job.quiet) set({ document: { ...state.document, ...labels(result) } });
      job.after?.(result);
      colors = !asks && (colors || Boolean(job.colors)); // asked for already, or once for all
    } catch (error) {
      if (error.name === 'AbortError') continue; // a newer change came: this one is sent again
      if (error instanceof Lost || error.status === 503) {
        set({ offline: true });
        await new Promise((done) =>
          setTimeout(done, AGAIN[Math.min(failures++, AGAIN.length - 1)]),
        );
        continue;
      }
      jobs.shift();
      if (error instanceof Refused) await refused(error);
      else warn(String(error.message ?? error));
    }
  }
  running = false;
  if (colors) answers.request();
}

const labels = ({ undo, redo, used }) => ({ undo, redo, ...(used ? { used } : {}) });

/**
 * After an undo or redo: the page on which it happened, as the server has it, or the one to which
 * was turned. Returns whether the open page has to be coloured again; another one is opened anew.
 */
function moved({ document, page, label }, path) {
  const name = path.split('/').at(-1);
  say(label ? `${name === 'undo' ? 'Undone' : 'Done again'}: ${label}` : `Nothing to ${name}.`);
  const turned = document.current !== state.document.current;
  set({ document, selected: null, suggestions: [], suggestedAt: null, places: [] });
  if (turned && document.current && document.current !== page?.id) {
    later('GET', `/api/pages/${document.current}`, undefined, (other) => emit('turned', other));
    return false;
  }
  const same = page !== null && page.id === state.page?.id;
  if (same) set({ page });
  else emit('turned', page);
  return same;
}

/** The server did not want a change: what it has counts. */
async function refused(error) {
  warn(error.message);
  if (error.status === 409) return;
  try {
    set({ page: await get(`/api/pages/${state.page.id}`) });
  } catch {
    // the next change will say what is wrong
  }
}

/** Sets a field of the whole document, as one step. */
export function setDocument(key, value, label) {
  set({ document: { ...state.document, [key]: value } });
  change(label, [{ op: 'document', key, value }]);
}

/** Sends again what waits, now. */
export function retry() {
  if (jobs.length) drain();
}
