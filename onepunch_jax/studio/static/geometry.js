// Plain geometry of hints: distances, hits, thinning and erasing of strokes. Points are [x, y, r].

function toSegment(x, y, a, b) {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const length = dx * dx + dy * dy;
  const t = length ? Math.max(0, Math.min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / length)) : 0;
  return Math.hypot(x - a[0] - t * dx, y - a[1] - t * dy) - (a[2] + t * (b[2] - a[2]));
}

/** Distance of a place to the edge of a hint, px of the page; below 0 inside. */
export function distance(points, x, y) {
  if (points.length === 1) return toSegment(x, y, points[0], points[0]);
  let least = Infinity;
  for (let n = 1; n < points.length; n++) {
    least = Math.min(least, toSegment(x, y, points[n - 1], points[n]));
  }
  return least;
}

/** The topmost hint within `reach` px of a place, or undefined. */
export function hit(hints, x, y, reach) {
  let best;
  let least = reach;
  for (const hint of hints) {
    const d = Math.max(0, distance(hint.points, x, y));
    if (d <= least) {
      least = d;
      best = hint;
    }
  }
  return best;
}

/** A stroke without the points that say nothing (Ramer-Douglas-Peucker, tolerance in px). */
export function simplify(points, tolerance) {
  if (points.length < 3) return points;
  const first = points[0];
  const last = points[points.length - 1];
  let worst = 0;
  let at = 0;
  for (let n = 1; n < points.length - 1; n++) {
    const d = toSegment(
      points[n][0],
      points[n][1],
      [...first.slice(0, 2), 0],
      [...last.slice(0, 2), 0],
    );
    const t = n / (points.length - 1);
    const off = Math.max(d, Math.abs(points[n][2] - first[2] - t * (last[2] - first[2])));
    if (off > worst) {
      worst = off;
      at = n;
    }
  }
  if (worst <= tolerance) return [first, last];
  return [
    ...simplify(points.slice(0, at + 1), tolerance).slice(0, -1),
    ...simplify(points.slice(at), tolerance),
  ];
}

/** The same stroke with points at most `step` px apart. */
function dense(points, step) {
  const out = [points[0]];
  for (let n = 1; n < points.length; n++) {
    const [a, b] = [points[n - 1], points[n]];
    const parts = Math.ceil(Math.hypot(b[0] - a[0], b[1] - a[1]) / step) || 1;
    for (let k = 1; k <= parts; k++) out.push(a.map((v, i) => v + ((b[i] - v) * k) / parts));
  }
  return out;
}

/**
 * What an eraser leaves of a hint.
 * @returns null where it is not touched, else the strokes that remain (none for a dot).
 */
export function erase(points, eraser) {
  const touches = (x, y, r) => eraser.some((e) => Math.hypot(x - e[0], y - e[1]) < e[2] + r);
  if (points.length === 1) return touches(...points[0]) ? [] : null;
  const parts = [];
  let part = [];
  let touched = false;
  for (const p of dense(points, 2)) {
    if (touches(p[0], p[1], p[2] * 0.5)) {
      touched = true;
      if (part.length > 1) parts.push(part);
      part = [];
    } else part.push(p);
  }
  if (!touched) return null;
  if (part.length > 1) parts.push(part);
  return parts.map((p) => simplify(p, 0.5));
}

/** A hint moved by (dx, dy). */
export function moved(points, dx, dy) {
  return points.map(([x, y, r]) => [x + dx, y + dy, r]);
}
