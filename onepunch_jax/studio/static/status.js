// The line at the bottom: what is being computed, how long it took, what went wrong.

import { on, set, state } from './store.js';
import { view } from './view.js';

const message = document.getElementById('message');
const alertBox = document.getElementById('alert');
const indicator = document.getElementById('busy');
const zoom = document.getElementById('zoom');
const SHOWN = 8000; // ms
const SOON = 120; // ms after which a computation is worth a word
let hiding = 0;
let soon = 0;
let lastAside = '';

/** One sentence, in passing. */
export function say(text) {
  message.textContent = text;
}

/** Something went wrong: one sentence that stays for a while, and may be closed. */
export function warn(text) {
  alertBox.replaceChildren(text);
  const close = document.createElement('button');
  close.textContent = '×';
  close.setAttribute('aria-label', 'Close the message');
  close.addEventListener('click', () => (alertBox.hidden = true));
  alertBox.append(close);
  alertBox.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (alertBox.hidden = true), SHOWN);
}

/** Something is being computed. */
export function busy(text) {
  clearTimeout(soon);
  set({ busy: text });
  soon = setTimeout(() => {
    indicator.classList.add('on');
    say(`${text} ...`);
  }, SOON);
}

/** What is being done for what was asked for. */
export function progress(text) {
  if (indicator.classList.contains('on')) say(`${text} ...`);
}

/** What the server does of itself, such as getting ready; it takes no sentence's place. */
export function aside(text, isBusy) {
  indicator.classList.toggle('on', isBusy);
  if (message.textContent !== lastAside) return;
  lastAside = isBusy ? `${text} ...` : text;
  say(lastAside);
}

/** It is computed; '' for nothing to say. */
export function done(text) {
  clearTimeout(soon);
  indicator.classList.remove('on');
  set({ busy: '' });
  say(text);
}

on('view', () => {
  const percent = `${(100 * view.zoom).toFixed(view.zoom < 0.1 ? 1 : 0)} %`;
  zoom.textContent = percent;
  zoom.setAttribute('aria-label', `Zoom: ${percent}. Show at 100 %`);
});

on('document', (document_) => {
  document.getElementById('checkpoint').textContent = document_?.checkpoint ?? '';
});

on('offline', (offline) => {
  document.body.classList.toggle('offline', offline);
  if (offline) {
    clearTimeout(hiding);
    alertBox.replaceChildren(
      'The server does not answer. You can go on drawing: it is sent when the server is back.',
    );
    alertBox.hidden = false;
  } else {
    alertBox.hidden = true;
    say('The server is back.');
  }
});

/** Where the pointer is, px of the page. */
export function where(x, y) {
  const inside = state.page && x >= 0 && y >= 0 && x < state.page.width && y < state.page.height;
  document.getElementById('place').textContent = inside ? `${Math.floor(x)}, ${Math.floor(y)}` : '';
}
