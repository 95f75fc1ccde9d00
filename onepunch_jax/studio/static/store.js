// What the studio knows, in one object, and who hears of its changes.

export const state = {
  document: null, // as the server sends it: pages, palette, what can be undone
  page: null, // the open page: hints, tags, references, variant ...
  answer: null, // the answer whose picture is on the canvas
  variants: [], // answers to choose from, by number
  tool: 'paint',
  color: '#e0604c',
  radius: 8, // px of the page
  selected: null, // id of a hint
  suggestions: [], // [{color, probability}] for the place of the last dot
  suggestedAt: null, // {x, y}
  places: [], // next best clicks, [{x, y, worth}]
  lines: true,
  hints: true, // dots and strokes are shown
  grid: true,
  comparing: false, // the slider is on
  divider: 0.5,
  holding: false, // the compare key is down
  offline: false,
  replacing: false, // another page comes in its place: the server may have closed this one
  busy: '', // what is being computed, '' for nothing
};

const listeners = new Map();

/** Calls `listener(value)` whenever one of the names (separated by spaces) changes. */
export function on(names, listener) {
  for (const name of names.split(' ')) {
    if (!listeners.has(name)) listeners.set(name, new Set());
    listeners.get(name).add(listener);
  }
}

/** Tells the listeners of an event that is no field of the state. */
export function emit(name, value) {
  for (const listener of listeners.get(name) ?? []) listener(value);
}

/** Sets fields and, after all of them are set, tells the listeners of those that changed. */
export function set(changes) {
  const changed = Object.keys(changes).filter((name) => state[name] !== changes[name]);
  Object.assign(state, changes);
  for (const name of changed) emit(name, state[name]);
}
