// A picture of the page and its halves, quarters ...: zoomed out, the nearest one is drawn, which
// is quick and does not flicker. Made when first needed. A very large page comes smaller.

const SMALLEST = 256;

export class Layer {
  /** A bitmap that shows a page of `width` px. */
  constructor(bitmap, width) {
    this.levels = [bitmap];
    this.shrink = width / bitmap.width;
  }

  close() {
    this.levels[0].close?.();
    this.levels = [];
  }

  /** The picture for a zoom, and how much smaller than the page it is. */
  at(zoom) {
    let level = 0;
    while (zoom * this.shrink * 2 ** (level + 1) <= 1 && this.#smaller(level)) level++;
    return { image: this.levels[level], shrink: this.shrink * 2 ** level };
  }

  #smaller(level) {
    if (this.levels[level + 1]) return true;
    const from = this.levels[level];
    if (Math.min(from.width, from.height) < SMALLEST) return false;
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil(from.width / 2);
    canvas.height = Math.ceil(from.height / 2);
    const context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'medium';
    context.drawImage(from, 0, 0, canvas.width, canvas.height);
    this.levels[level + 1] = canvas;
    return true;
  }

  /** The colour at a place of the page, '#rrggbb'; null outside. */
  pixel(x, y) {
    const [image] = this.levels;
    const [column, row] = [Math.floor(x / this.shrink), Math.floor(y / this.shrink)];
    if (column < 0 || row < 0 || column >= image.width || row >= image.height) return null;
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(image, -column, -row);
    const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
    return '#' + [r, g, b].map((v) => v.toString(16).padStart(2, '0')).join('');
  }
}
