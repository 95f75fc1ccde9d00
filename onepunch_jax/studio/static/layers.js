// A picture and its halves, quarters ...: zoomed out, the nearest one is drawn, which is quick and
// does not flicker. Made when first needed.

const SMALLEST = 256;

export class Layer {
  constructor(bitmap) {
    this.levels = [bitmap];
    this.width = bitmap.width;
    this.height = bitmap.height;
  }

  close() {
    this.levels[0].close?.();
    this.levels = [];
  }

  /** The picture for a zoom, and how much smaller than the page it is. */
  at(zoom) {
    let level = 0;
    while (zoom * 2 ** (level + 1) <= 1 && this.#smaller(level)) level++;
    return { image: this.levels[level], shrink: 2 ** level };
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

  /** The colour of one pixel, '#rrggbb'; null outside. */
  pixel(x, y) {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return null;
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(this.levels[0], -Math.floor(x), -Math.floor(y));
    const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
    return '#' + [r, g, b].map((v) => v.toString(16).padStart(2, '0')).join('');
  }
}
