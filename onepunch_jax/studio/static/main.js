// Puts the parts together: buttons, canvas size, the document of the server.

import { get, Lost } from './api.js';
import { COMMANDS, run } from './commands.js';
import { el, icon } from './dom.js';
import * as events from './events.js';
import * as layout from './layout.js';
import { openDocument } from './opening.js';
import * as overlay from './overlay.js';
import { listen as listenToPointers } from './pointer.js';
import * as scene from './scene.js';
import * as shortcuts from './shortcuts.js';
import { warn } from './status.js';
import { emit, on, state } from './store.js';
import { hands } from './tools.js';
import * as view from './view.js';
import './palette.js';
import './references.js';
import './regions.js';
import './tags.js';

const stage = document.getElementById('stage');
const TOOLS = ['paint', 'select', 'erase', 'pick', 'hand', 'split', 'join', 'white', 'keep'];

function titled(button, name) {
  const [text] = COMMANDS[name];
  const keys = shortcuts.keysOf(name)[0];
  button.title = keys ? `${text} (${keys})` : text;
}

function buttons() {
  for (const name of TOOLS) {
    const button = el(
      'button',
      { 'aria-label': COMMANDS[name][0], 'aria-pressed': 'false' },
      icon(name),
    );
    button.dataset.command = button.dataset.tool = name;
    document.getElementById('tools').append(button);
  }
  for (const button of document.querySelectorAll('[data-command]')) {
    const name = button.dataset.command;
    if (button.dataset.icon) button.prepend(icon(button.dataset.icon));
    titled(button, name);
    button.addEventListener('click', () => run(name));
  }
  on('tool', (tool) => {
    for (const button of document.querySelectorAll('#tools [data-tool]')) {
      button.setAttribute('aria-pressed', String(button.dataset.tool === tool));
    }
  });
}

function pressed(command, value) {
  document.querySelector(`[data-command=${command}]`).setAttribute('aria-pressed', String(value));
}

function reflect() {
  const set = (name, label) => {
    const button = document.querySelector(`[data-command=${name}]`);
    button.disabled = !label;
    titled(button, name);
    if (typeof label === 'string') button.title += `: ${label}`;
  };
  on('document', (document_) => {
    set('undo', document_?.undo);
    set('redo', document_?.redo);
  });
  on('page', (page) => {
    for (const name of [
      'export',
      'fit',
      'zoomIn',
      'zoomOut',
      'actualSize',
      'compare',
      'lines',
      'hints',
    ]) {
      document.querySelector(`[data-command=${name}]`).disabled = !page;
    }
    const shading = document.querySelector('[data-command=shading]');
    shading.disabled = !page || state.document?.can?.shading === false;
    pressed('shading', Boolean(page) && page.shading !== 'off');
  });
  on('lines', (value) => pressed('lines', value));
  on('hints', (value) => pressed('hints', value));
  on('comparing', (value) => pressed('compare', value));
}

function measure() {
  const ratio = devicePixelRatio || 1;
  const box = stage.getBoundingClientRect();
  view.resize(
    Math.max(1, Math.round(box.width * ratio)),
    Math.max(1, Math.round(box.height * ratio)),
    ratio,
  );
  scene.resize();
  overlay.resize();
}

async function start() {
  buttons();
  reflect();
  layout.restore();
  shortcuts.listen();
  listenToPointers(hands);
  new ResizeObserver(measure).observe(stage);
  measure();
  for (const name of ['tool', 'page', 'document', 'comparing', 'radius']) emit(name, state[name]);
  events.listen();
  try {
    await openDocument(await get('/api/document'));
    if (state.page) stage.focus({ preventScroll: true });
  } catch (error) {
    if (!(error instanceof Lost)) warn(error.message);
  }
}

start();
