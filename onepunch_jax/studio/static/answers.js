// Asks for the colours of the open page. The newest question wins: an older one is aborted, and an
// answer that comes late is thrown away.

import { blob, decode, Lost, parts, Refused, send } from './api.js';
import * as scene from './scene.js';
import { busy, done, warn } from './status.js';
import { on, set, state } from './store.js';

let latest = 0;
let controller = null;
let settled = Promise.resolve();
let settle = () => {};
let painted = null; // an answer that the next frame shows first
let fading = false;

/** Resolves when nothing is being computed for the open page. */
export const quiet = () => settled;

/** Aborts what is asked for; what comes back late is not shown. */
export function stop() {
  latest++;
  controller?.abort();
  controller = null;
}

function begin() {
  stop();
  controller = new AbortController();
  settle();
  settled = new Promise((resolve) => (settle = resolve));
  return { number: latest, signal: controller.signal, page: state.page };
}

const current = ({ number, page }) => number === latest && page.id === state.page?.id;

/** Colours the open page; `variants` > 1 asks for so many to choose from. */
export async function request(variants = 1) {
  if (!state.page) return;
  const turn = begin();
  const path = `/api/pages/${turn.page.id}/answer`;
  busy(variants > 1 ? `Colouring ${variants} variants` : 'Colouring');
  if (variants === 1) return receive(parts(path, { seq: turn.number, stream: true }, turn.signal), turn);
  try {
    const answer = await send('POST', path, { seq: turn.number, variants }, turn.signal);
    if (!current(turn)) return;
    if (answer.variants?.length) set({ variants: answer.variants });
    await show(answer, turn);
  } catch (error) {
    failed(error, turn);
  } finally {
    if (turn.number === latest) settle();
  }
}

/**
 * Sends a change and asks for the colours of the open page with it. Resolves with the result of
 * the change as soon as that is there; the colours are shown when they come.
 */
export async function ask(path, body) {
  const turn = begin();
  busy('Colouring');
  const wanted = { page: turn.page.id, seq: turn.number };
  const stream = parts(path, { ...body, answer: wanted }, turn.signal);
  try {
    const { value: first } = await stream.next();
    receive(stream, turn);
    return decode(first.bytes);
  } catch (error) {
    if (turn.number === latest) {
      done('');
      settle();
    }
    throw error;
  }
}

/** Shows what comes in a stream of parts: an answer and its picture. */
async function receive(stream, turn) {
  let answer = null;
  try {
    for await (const { kind, bytes } of stream) {
      if (!current(turn)) return;
      if (kind === 'answer') answer = decode(bytes);
      else if (kind === 'picture') await put(answer, new Blob([bytes], { type: 'image/png' }), turn);
      else if (kind === 'error') {
        const { error, status } = decode(bytes);
        throw new Refused(error, status);
      }
    }
    if (!answer && current(turn)) done('');
  } catch (error) {
    failed(error, turn);
  } finally {
    if (turn.number === latest) settle();
  }
}

/** Shows an answer that the server has already. */
export async function show(answer, turn = begin()) {
  try {
    await put(answer, await blob(`/api/pictures/${answer.id}.png`, turn.signal), turn);
  } catch (error) {
    failed(error, turn);
  } finally {
    if (turn.number === latest) settle();
  }
}

async function put(answer, blob, turn) {
  const bitmap = await createImageBitmap(blob);
  if (!current(turn)) return bitmap.close();
  scene.setColors(bitmap);
  set({ answer });
  painted = answer;
}

function failed(error, turn) {
  if (error.name === 'AbortError' || turn.number !== latest) return;
  if (error.status === 409) return; // a newer question was asked elsewhere
  if (error instanceof Lost) set({ offline: true });
  else warn(error.message);
  done('');
}

// the first frame with the new colours: what a click costs ends here
on('painted', (part) => {
  if (painted) {
    performance.mark('studio:painted', { detail: { answer: painted.id, ms: painted.ms } });
    done(timing(painted));
    painted = null;
    fading = true;
  }
  if (fading && part === 1) {
    performance.mark('studio:settled');
    fading = false;
  }
});

/** What the status line says of an answer: how long it took, and its three longest stages. */
function timing({ ms, stages = {} }) {
  if (!(ms >= 1)) return 'Coloured'; // repainted from a palette: nothing was computed
  const parts = Object.entries(stages)
    .filter(([, v]) => v >= 20)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([name, v]) => `${name} ${time(v)}`);
  const total = `Coloured in ${time(ms)}`;
  return parts.length ? `${total} (${parts.join(', ')})` : total;
}

const time = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
