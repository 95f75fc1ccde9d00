// The keyboard: commands by their keys, digits for suggestions and variants, keys that are held
// (Space, Alt, C), and the cursor on the stage.

import { COMMANDS, run } from './commands.js';
import * as compare from './compare.js';
import { el } from './dom.js';
import * as next from './next.js';
import * as overlay from './overlay.js';
import { where } from './status.js';
import { state } from './store.js';
import * as suggestions from './suggestions.js';
import { dotAt, setAlt, setSpace } from './tools.js';
import * as variants from './variants.js';
import { reveal, toPage, view } from './view.js';

const { live } = overlay;
const stage = document.getElementById('stage');
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const MORE = [
  ['1 - 9', 'Suggested colour for the last dot'],
  ['Shift + 1 - 4', 'Variant'],
  ['Tab, on the page', 'Next best click'],
  ['Arrow keys, Enter', 'Move the cursor (Shift: further), put a dot'],
  ['Hold C', 'The page without colours'],
  ['Hold Space', 'Move the page'],
  ['Hold Alt', 'Eyedropper'],
  ['Shift while drawing', 'A straight stroke'],
  ['Right click, long press', 'Delete the dot there, or ask for colours'],
  ['Wheel, pinch', 'Zoom to the pointer'],
];

const keys = new Map();
for (const [name, [, list]] of Object.entries(COMMANDS))
  for (const key of list) keys.set(key, name);

function chord(event) {
  const mod = event.ctrlKey || event.metaKey;
  const digit = /^Digit(\d)$/.exec(event.code)?.[1];
  const key = digit ?? (event.key.length === 1 ? event.key.toLowerCase() : event.key);
  const shift = event.shiftKey && (mod || digit);
  return `${shift ? 'shift+' : ''}${mod ? 'mod+' : ''}${key}`;
}

const writes = (target) => target.closest?.('input:not([type=range], [type=checkbox]), textarea');

/** Moves the keyboard's cursor by (dx, dy) device px. */
function moveCursor(dx, dy) {
  const { page } = state;
  const start = live.cursor ?? fromMiddle();
  const x = Math.max(0, Math.min(page.width - 1, start.x + dx / view.zoom));
  const y = Math.max(0, Math.min(page.height - 1, start.y + dy / view.zoom));
  live.cursor = { x, y };
  live.kind = 'paint';
  live.keyboard = true;
  reveal(x, y);
  where(x, y);
  overlay.draw();
}

function fromMiddle() {
  const [x, y] = toPage(view.width / 2, view.height / 2);
  return { x, y };
}

/** Keys that only mean something on the page. */
function onStage(event) {
  if (!state.page) return false;
  const arrow = ARROWS[event.key];
  if (arrow) {
    const step = (event.shiftKey ? 40 : 8) * view.ratio;
    moveCursor(arrow[0] * step, arrow[1] * step);
  } else if (event.key === 'Enter') {
    if (!live.cursor) moveCursor(0, 0);
    dotAt(live.cursor.x, live.cursor.y);
  } else if (event.key === 'Tab' && !event.shiftKey) next.go();
  else return false;
  return true;
}

function down(event) {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === 'Alt') {
    setAlt(true);
    if (document.activeElement === stage) event.preventDefault(); // not the browser's menu
    return;
  }
  if (writes(event.target)) return;
  const key = chord(event);
  if (key === ' ' && !event.target.closest('button, summary, [type=checkbox]')) setSpace(true);
  else if (key === 'c') compare.hold(true);
  else if (event.target === stage && !event.ctrlKey && !event.metaKey && onStage(event)) {
    // done
  } else if (/^[1-9]$/.test(key)) suggestions.take(+key - 1);
  else if (/^shift\+[1-4]$/.test(key)) variants.take(+key.at(-1) - 1);
  else if (keys.has(key)) {
    if (key === 'Escape' && document.querySelector('[popover]:popover-open')) return;
    run(keys.get(key));
  } else return;
  event.preventDefault();
}

function up(event) {
  if (event.key === 'Alt') setAlt(false);
  if (event.key === ' ') setSpace(false);
  if (event.key.toLowerCase() === 'c') compare.hold(false);
}

function letGo() {
  setAlt(false);
  setSpace(false);
  compare.hold(false);
}

const SIGNS = { mod: /Mac|iP/.test(navigator.platform) ? 'Cmd' : 'Ctrl', shift: 'Shift' };
const written = (key) =>
  key
    .split('+')
    .map((part) => SIGNS[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(' + ') || '+';

/** The keys of a command, for titles of buttons. */
export const keysOf = (name) =>
  (COMMANDS[name]?.[1] ?? []).map((k) => (k === '+' ? '+' : written(k)));

function row(text, keyNames) {
  const signs = keyNames.map((key) => el('kbd', { textContent: key }));
  return el(
    'div',
    { className: 'shortcut' },
    el('dt', {}, ...signs),
    el('dd', { textContent: text }),
  );
}

/** The list of shortcuts, made from the table of commands. */
function help() {
  const groups = Map.groupBy ? Map.groupBy(Object.entries(COMMANDS), ([, c]) => c[3]) : new Map();
  const parts = [...groups].map(([title, list]) =>
    el(
      'section',
      {},
      el('h3', { textContent: title }),
      el(
        'dl',
        {},
        ...list.filter(([, c]) => c[1].length).map(([name, c]) => row(c[0], keysOf(name))),
      ),
    ),
  );
  const more = el('dl', {}, ...MORE.map(([key, text]) => row(text, [key])));
  const hands = el('section', {}, el('h3', { textContent: 'Hands' }), more);
  document
    .getElementById('help')
    .append(
      el('h2', { textContent: 'Shortcuts' }),
      el('div', { className: 'columns' }, ...parts, hands),
    );
}

/** Starts listening. */
export function listen() {
  addEventListener('keydown', down);
  addEventListener('keyup', up);
  addEventListener('blur', letGo);
  help();
}
