// The next best click: where a hint would settle most. Asked for when the hands rest.

import { send } from './api.js';
import * as answers from './answers.js';
import { waiting } from './history.js';
import { live } from './overlay.js';
import { say, where } from './status.js';
import { emit, on, set, state } from './store.js';
import { reveal } from './view.js';

const REST = 700; // ms
let controller = null;
let timer = 0;
let at = -1;

async function fetchPlaces() {
  controller?.abort();
  controller = new AbortController();
  const { signal } = controller;
  const { page } = state;
  await answers.quiet();
  if (signal.aborted || waiting()) return;
  const found = await search(page, signal);
  if (signal.aborted || page.id !== state.page?.id) return;
  at = -1;
  set({ places: found.places });
}

/** Asks again where something else went first. */
async function search(page, signal) {
  for (;;) {
    try {
      return await send('POST', `/api/pages/${page.id}/next`, {}, signal);
    } catch (error) {
      if (error.status !== 409) throw error;
      await new Promise((later) => setTimeout(later, REST));
      signal.throwIfAborted();
    }
  }
}

function rest() {
  clearTimeout(timer);
  controller?.abort();
  if (!state.page || state.replacing) return;
  if (state.guide === false || state.document?.can?.next === false) return;
  timer = setTimeout(() => fetchPlaces().catch(() => {}), REST);
}

/** Goes to the next place; the first is the one where a hint is worth most. */
export async function go() {
  if (!state.page) return;
  if (!state.places.length) {
    say('Looking for the next best click ...');
    try {
      await fetchPlaces();
    } catch {
      return;
    }
  }
  if (!state.places.length) return say('Nothing is left to settle.');
  at = (at + 1) % state.places.length;
  const place = state.places[at];
  live.cursor = { x: place.x, y: place.y };
  live.kind = 'paint';
  live.keyboard = true;
  reveal(place.x, place.y);
  where(place.x, place.y);
  emit('asked', { x: place.x, y: place.y });
  say(`Next best click ${at + 1} of ${state.places.length}: Enter puts a dot, 1-9 a colour.`);
  emit('view');
}

on('answer guide replacing', rest);
