// The page while it is read: the file itself where the browser knows its kind, so that there is
// something to look at at once. The server's own picture takes its place.

import * as scene from './scene.js';

let latest = 0;

/** Shows a picture file, or nothing if it is none that a browser reads. */
export async function show(blob) {
  const number = ++latest;
  try {
    const bitmap = await createImageBitmap(blob, { imageOrientation: 'from-image' });
    if (number !== latest) return bitmap.close();
    scene.setPreview(bitmap);
    performance.mark('studio:preview');
  } catch {
    // a book, a PSD, or no picture: the server says so
  }
}

/** Ends it: the page is there, or will not be. */
export function end() {
  latest++;
  scene.setPreview(null);
}
