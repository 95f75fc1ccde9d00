// Everything that can be done by a key or a button, in one table: shortcuts.js reads the keys,
// main.js wires the buttons, the list of shortcuts is made of it.

import * as book from './book.js';
import * as compare from './compare.js';
import { savePage } from './export.js';
import * as history from './history.js';
import * as layout from './layout.js';
import * as next from './next.js';
import { dialog } from './opening.js';
import { resizeBy } from './picker.js';
import * as shading from './shading.js';
import { set, state } from './store.js';
import * as suggestions from './suggestions.js';
import { remove } from './tools.js';
import * as variants from './variants.js';
import * as view from './view.js';

const tool = (name) => () => set({ tool: name });

function menu(id) {
  return () => {
    const node = document.getElementById(id);
    node.togglePopover();
    if (node.matches(':popover-open')) (node.querySelector('button') ?? node).focus();
  };
}

function escape() {
  if (suggestions.close()) return;
  if (state.selected) return set({ selected: null });
  document.querySelector('#tools [aria-pressed=true]')?.focus();
}

/** The parts of the window, for F6. */
function nextPart() {
  const parts = ['#stage', '#top', '#tools', '#panels', '#book'];
  const at = parts.findIndex((p) => document.activeElement?.closest(p));
  for (let n = 1; n <= parts.length; n++) {
    const part = document.querySelector(parts[(at + n + parts.length) % parts.length]);
    const inside = part.matches('[tabindex]')
      ? part
      : part.querySelector('button:enabled, summary');
    if (inside?.checkVisibility()) return inside.focus();
  }
}

// name: [what it does, keys, run, group]. Keys: 'mod' is Ctrl or Cmd; codes of digits are the keys
// themselves, whatever Shift makes of them.
export const COMMANDS = {
  paint: ['Dot and stroke', ['b'], tool('paint'), 'Tools'],
  select: ['Select and move', ['v'], tool('select'), 'Tools'],
  erase: ['Eraser', ['e'], tool('erase'), 'Tools'],
  pick: ['Eyedropper (or hold Alt)', ['i'], tool('pick'), 'Tools'],
  hand: ['Hand (or hold Space)', ['h'], tool('hand'), 'Tools'],
  split: ['Split a region', ['s'], tool('split'), 'Tools'],
  join: ['Join regions', ['j'], tool('join'), 'Tools'],
  white: ['Keep white', ['w'], tool('white'), 'Tools'],
  keep: ['Keep as is', ['k'], tool('keep'), 'Tools'],
  smaller: ['Smaller brush or dot', ['['], () => resizeBy(1 / 1.2), 'Draw'],
  larger: ['Larger brush or dot', [']'], () => resizeBy(1.2), 'Draw'],
  remove: [
    'Delete the selected dot',
    ['Delete', 'Backspace'],
    () => remove(state.selected),
    'Draw',
  ],
  next: ['Next best click', ['n'], next.go, 'Draw'],
  undo: ['Undo', ['mod+z'], history.undo, 'Draw'],
  redo: ['Redo', ['shift+mod+z', 'mod+y'], history.redo, 'Draw'],
  escape: ['Let go', ['Escape'], escape, 'Draw'],
  variants: ['Show four variants', ['r'], variants.ask, 'Colours'],
  pin: [
    'Pin this variant',
    ['p'],
    () => state.page && variants.pin(state.page.pinned ?? state.page.variant),
    'Colours',
  ],
  shading: ['Flat or shaded', ['f'], shading.toggle, 'Colours'],
  hints: ['Dots and strokes shown or hidden', ['d'], () => set({ hints: !state.hints }), 'Look'],
  lines: ['Lines on or off', ['l'], () => set({ lines: !state.lines }), 'Look'],
  compare: ['Before and after, with a slider', ['a'], compare.toggle, 'Look'],
  grid: ['Grid of pixels', ['g'], () => set({ grid: !state.grid }), 'Look'],
  zoomIn: ['Zoom in', ['+', '='], () => view.zoomBy(1.25), 'Look'],
  zoomOut: ['Zoom out', ['-'], () => view.zoomBy(0.8), 'Look'],
  actualSize: ['100 %', ['shift+0'], () => view.zoomTo(1), 'Look'],
  fit: ['Fit the page', ['0'], view.fit, 'Look'],
  open: ['Open', ['mod+o'], dialog, 'Window'],
  samples: ['Samples', [], menu('samples'), 'Window'],
  save: ['Save the page as PNG', ['mod+s'], () => state.page && savePage('png'), 'Window'],
  export: ['Export', ['mod+e'], menu('export'), 'Window'],
  forward: ['Next page', ['PageDown'], () => book.turnBy(1), 'Window'],
  back: ['Page before', ['PageUp'], () => book.turnBy(-1), 'Window'],
  panels: ['Panels', ['\\'], () => layout.toggle('panels'), 'Window'],
  book: ['Pages', ['m'], () => layout.toggle('book'), 'Window'],
  theme: ['Light or dark', [], layout.nextTheme, 'Window'],
  parts: ['Next part of the window', ['F6'], nextPart, 'Window'],
  help: ['This list', ['?'], menu('help'), 'Window'],
};

export const run = (name) => COMMANDS[name][2]();
