// Colours: '#rrggbb', hue-saturation-value, names for those who cannot see them.

/** '#rrggbb' from what somebody typed ('abc', '#aabbcc', 'AABBCC'), or null. */
export function parse(text) {
  const digits = text.trim().replace(/^#/, '').toLowerCase();
  if (/^[0-9a-f]{3}$/.test(digits)) return '#' + [...digits].map((d) => d + d).join('');
  return /^[0-9a-f]{6}$/.test(digits) ? `#${digits}` : null;
}

export function toRgb(color) {
  return [1, 3, 5].map((n) => parseInt(color.slice(n, n + 2), 16));
}

/** [hue 0..360, saturation 0..100, value 0..100] */
export function toHsv(color) {
  const [r, g, b] = toRgb(color).map((v) => v / 255);
  const most = Math.max(r, g, b);
  const span = most - Math.min(r, g, b);
  let hue = 0;
  if (span) {
    if (most === r) hue = ((g - b) / span + 6) % 6;
    else if (most === g) hue = (b - r) / span + 2;
    else hue = (r - g) / span + 4;
  }
  return [60 * hue, most ? (100 * span) / most : 0, 100 * most];
}

export function fromHsv(hue, saturation, value) {
  const part = (n) => {
    const k = (n + hue / 60) % 6;
    const v = (value / 100) * (1 - (saturation / 100) * Math.max(0, Math.min(k, 4 - k, 1)));
    return Math.round(255 * v)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${part(5)}${part(3)}${part(1)}`;
}

const HUES = [
  'red',
  'orange',
  'yellow',
  'green',
  'green',
  'teal',
  'cyan',
  'blue',
  'blue',
  'purple',
  'magenta',
  'pink',
];

/** A word for a colour: 'dark blue', 'light grey'. */
export function name(color) {
  const [hue, saturation, value] = toHsv(color);
  if (value < 12) return 'black';
  if (saturation < 10) return value > 95 ? 'white' : `${shade(value, saturation)}grey`;
  const word = HUES[Math.round(hue / 30) % 12];
  if (word === 'orange' && value < 65) return `${value < 40 ? 'dark ' : ''}brown`;
  return shade(value, saturation) + word;
}

const shade = (value, saturation) =>
  value < 45 ? 'dark ' : value > 80 && saturation < 45 ? 'light ' : '';
