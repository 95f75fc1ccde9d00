// What is folded, shown, light or dark: remembered by the browser.

import { emit, set, state } from './store.js';

const KEY = 'onepunch-studio';
const THEMES = ['auto', 'light', 'dark'];
let kept = {};

try {
  kept = JSON.parse(localStorage.getItem(KEY)) ?? {};
} catch {
  // private windows may refuse: then nothing is remembered
}

function keep(changes) {
  kept = { ...kept, ...changes };
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // as above
  }
}

function press(command, on) {
  document.querySelector(`[data-command=${command}]`)?.setAttribute('aria-pressed', String(on));
}

/** Shows or hides the panels or the pages. */
export function toggle(part, on = kept[part] === false) {
  document.body.classList.toggle(`no-${part}`, !on);
  press(part, on);
  keep({ [part]: on });
}

export function nextTheme() {
  applyTheme(THEMES[(THEMES.indexOf(kept.theme ?? 'auto') + 1) % THEMES.length]);
}

function applyTheme(theme) {
  document.documentElement.dataset.theme = theme;
  const button = document.querySelector('[data-command=theme]');
  button?.setAttribute('aria-label', `Light or dark: ${theme}`);
  button?.setAttribute('title', `Light or dark: ${theme}`);
  keep({ theme });
  emit('theme', theme);
}

/** Restores the layout; small windows begin without the panels. */
export function restore() {
  applyTheme(kept.theme ?? 'auto');
  toggle('panels', kept.panels ?? innerWidth >= 760);
  toggle('book', kept.book ?? true);
  for (const panel of document.querySelectorAll('.panel')) {
    panel.open = kept[panel.id] ?? panel.open;
    panel.addEventListener('toggle', () => keep({ [panel.id]: panel.open }));
  }
  set({ color: kept.color ?? state.color, radius: kept.radius ?? state.radius });
  addEventListener('pagehide', () => keep({ color: state.color, radius: state.radius }));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => emit('theme'));
}
