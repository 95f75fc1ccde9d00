// What goes out: the page, its layers, the book, and the session itself.

import { file } from './api.js';
import { el } from './dom.js';
import { busy, done, warn } from './status.js';
import { state } from './store.js';

const PAGE = [
  ['png', 'PNG: the page'],
  ['webp', 'WebP: the page'],
  ['tiff', 'TIFF: the page'],
  ['psd', 'PSD: layers (Photoshop, Clip Studio)'],
  ['ora', 'ORA: layers (Krita, GIMP)'],
  ['flats', 'PNG: flats'],
  ['dots', 'PNG: hints alone, on nothing'],
  ['hints', 'JSON: hints'],
];
const BOOK = [
  ['cbz', 'CBZ: all pages'],
  ['pdf', 'PDF: all pages'],
  ['session', 'Session: everything, to go on later'],
];

/** Fetches a file and hands it to the browser's downloads; what goes wrong is one sentence. */
export async function save(path) {
  busy('Saving');
  try {
    const { blob, name } = await file(path);
    const address = URL.createObjectURL(blob);
    const link = el('a', { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
    done(`Saved ${name}`);
  } catch (error) {
    done('');
    warn(error.message);
  }
}

export const savePage = (format) => save(`/api/export?format=${format}&page=${state.page.id}`);
const saveBook = (format) => save(`/api/export?format=${format}`);

function item(format, text, run) {
  const press = () => {
    document.getElementById('export').hidePopover();
    run(format);
  };
  return el('button', { textContent: text, onclick: press, 'data-format': format });
}

document
  .getElementById('export')
  .append(
    el('h2', { textContent: 'This page' }),
    ...PAGE.map(([format, text]) => item(format, text, savePage)),
    el('h2', { textContent: 'The book' }),
    ...BOOK.map(([format, text]) => item(format, text, saveBook)),
  );
