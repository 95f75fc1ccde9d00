// Asks for the colours of the open page. The newest question wins: an older one is aborted, and an
// answer that comes late is thrown away.

import { Lost, picture, send } from './api.js';
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
  busy(variants > 1 ? `Colouring ${variants} variants` : 'Colouring');
  try {
    const body = { seq: turn.number, variants };
    const answer = await send('POST', `/api/pages/${turn.page.id}/answer`, body, turn.signal);
    if (!current(turn)) return;
    if (answer.variants?.length) set({ variants: answer.variants });
    await show(answer, turn);
  } catch (error) {
    failed(error, turn);
  } finally {
    if (turn.number === latest) settle();
  }
}

/** Shows an answer that the server has already. */
export async function show(answer, turn = begin()) {
  try {
    const bitmap = await picture(`/api/pictures/${answer.id}.png`, turn.signal);
    if (!current(turn)) return bitmap.close();
    scene.setColors(bitmap);
    set({ answer });
    painted = answer;
  } catch (error) {
    failed(error, turn);
  } finally {
    if (turn.number === latest) settle();
  }
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

function timing({ ms, stages = {} }) {
  const parts = Object.entries(stages)
    .filter(([, v]) => v >= 1)
    .map(([name, v]) => `${name} ${Math.round(v)}`);
  const total = ms === undefined ? 'Coloured' : `Coloured in ${Math.round(ms)} ms`;
  return parts.length ? `${total} (${parts.join(', ')})` : total;
}
