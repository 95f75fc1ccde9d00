// Small help for making elements. Text is always text: nothing that comes from a file is HTML.

/** An element with properties, attributes (aria-, data-, role) and children. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name in node && !name.includes('-')) node[name] = value;
    else if (value !== null && value !== undefined && value !== false)
      node.setAttribute(name, value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
}

/** An icon of icons.svg. */
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(space, 'use');
  use.setAttribute('href', `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A swatch that sets the colour when pressed. */
export function swatch(color, name, press, key = '') {
  const node = el('button', {
    className: 'swatch',
    title: name,
    'aria-label': name,
    onclick: press,
  });
  node.dataset.color = color;
  node.style.backgroundColor = color;
  if (key) node.append(el('kbd', { textContent: key, 'aria-hidden': 'true' }));
  return node;
}

/** Replaces the children only where they differ by `key`, so that the focus stays. */
export function fill(node, key, make) {
  if (node.dataset.key === key) return;
  const focused = node.contains(document.activeElement)
    ? [...node.querySelectorAll('button, input')].indexOf(document.activeElement)
    : -1;
  node.dataset.key = key;
  node.replaceChildren(...make());
  if (focused >= 0) [...node.querySelectorAll('button, input')][focused]?.focus();
}
