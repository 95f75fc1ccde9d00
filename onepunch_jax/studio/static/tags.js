// Tags: a field that completes the words that the checkpoint knows (a combobox with a list).

import { get } from './api.js';
import { el } from './dom.js';
import { change } from './history.js';
import { on, state } from './store.js';

const root = document.getElementById('tags');
const REST = 120; // ms between keys
const list = el('ul', { className: 'tags', 'aria-label': 'Tags of this page' });
const found = el('ul', {
  id: 'tag-list',
  className: 'options',
  role: 'listbox',
  'aria-label': 'Words',
  hidden: true,
});
const note = el('p', { className: 'none', role: 'status' });
const field = el('input', {
  type: 'text',
  placeholder: 'blue hair ...',
  autocomplete: 'off',
  role: 'combobox',
  'aria-label': 'Add a tag',
  'aria-autocomplete': 'list',
  'aria-controls': 'tag-list',
  'aria-expanded': 'false',
});
let at = -1;
let timer = 0;

export const words = (text) =>
  text
    .split(',')
    .map((t) => t.trim())
    .filter(Boolean);

function put(tags, label) {
  change(label, [{ op: 'page', key: 'tags', value: tags.join(', ') }]);
}

function add(tag) {
  const tags = words(state.page?.tags ?? '');
  if (tag && state.page && !tags.includes(tag)) put([...tags, tag], `tag ${tag}`);
  field.value = '';
  close();
}

function close() {
  found.hidden = true;
  at = -1;
  field.setAttribute('aria-expanded', 'false');
  field.removeAttribute('aria-activedescendant');
}

function mark(next) {
  const options = [...found.children];
  at = options.length ? (next + options.length) % options.length : -1;
  options.forEach((o, n) => o.setAttribute('aria-selected', String(n === at)));
  if (at >= 0) {
    field.setAttribute('aria-activedescendant', options[at].id);
    options[at].scrollIntoView({ block: 'nearest' });
  }
}

async function complete() {
  const text = field.value.trim().toLowerCase();
  note.textContent = '';
  if (!text) return close();
  let answer;
  try {
    answer = await get(`/api/tags?q=${encodeURIComponent(text)}`);
  } catch {
    return close();
  }
  if (field.value.trim().toLowerCase() !== text) return;
  const near = !answer.tags.length;
  const tags = near ? (answer.nearest ?? []) : answer.tags;
  note.textContent = near
    ? `No tag begins so${tags.length ? '; the nearest are listed' : ''}.`
    : '';
  found.replaceChildren(
    ...tags.map((tag, n) =>
      el('li', {
        id: `tag-${n}`,
        role: 'option',
        textContent: tag,
        'aria-selected': 'false',
        onpointerdown: (event) => {
          event.preventDefault();
          add(tag);
        },
      }),
    ),
  );
  found.hidden = !tags.length;
  field.setAttribute('aria-expanded', String(!found.hidden));
  if (tags.length && !near) mark(0);
}

field.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(complete, REST);
});
field.addEventListener('blur', close);
field.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowDown') mark(at + 1);
  else if (event.key === 'ArrowUp') mark(at - 1);
  else if (event.key === 'Escape') close();
  else if (event.key === 'Enter')
    add(at >= 0 ? found.children[at].textContent : field.value.trim());
  else return;
  event.preventDefault();
  event.stopPropagation();
});

function chip(tag) {
  const drop = () =>
    put(
      words(state.page.tags).filter((t) => t !== tag),
      `without ${tag}`,
    );
  const button = el('button', { textContent: '×', 'aria-label': `Remove ${tag}`, onclick: drop });
  return el('li', {}, el('span', { textContent: tag }), button);
}

root.append(list, el('div', { className: 'combobox' }, field, found), note);

on('page', (page) => list.replaceChildren(...words(page?.tags ?? '').map(chip)));
on('document', (document_) => {
  const can = document_?.can?.tags !== false;
  field.disabled = !can;
  if (!can) note.textContent = 'This checkpoint reads no tags.';
});
