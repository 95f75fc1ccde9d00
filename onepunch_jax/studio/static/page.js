// Operations on a page, as the server knows them, done at once here: nothing waits for an answer.

/** A new page with the operations done; the old one stays as it is. */
export function apply(page, ops) {
  let next = { ...page };
  for (const op of ops) {
    if (op.op === 'add') next.hints = [...next.hints, op.hint];
    else if (op.op === 'set')
      next.hints = next.hints.map((h) => (h.id === op.id ? merge(h, op) : h));
    else if (op.op === 'remove') next.hints = next.hints.filter((h) => h.id !== op.id);
    else if (op.op === 'page') next = { ...next, [op.key]: op.value };
  }
  return next;
}

function merge(hint, { op, id, ...fields }) {
  return { ...hint, ...fields };
}

/** A name for a new hint; crypto.randomUUID is missing where the address is not loopback. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return 'h' + Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

/** A hint: one point [x, y, radius] is a dot, more are a stroke. */
export function hint(use, color, points) {
  const short = points.map((p) => p.map((v) => Math.round(v * 10) / 10));
  return { id: newId(), use, color: use === 'color' ? color : null, points: short };
}

/** The hint of an id, or undefined. */
export function find(page, id) {
  return page?.hints.find((h) => h.id === id);
}

/** The colour that a hint's place has in a palette: that of the swatch which was edited from it. */
export function repainted(color, palette = []) {
  const swatch = palette.find((s) => color && (s.source ?? s.color) === color);
  return swatch ? swatch.color : color;
}
