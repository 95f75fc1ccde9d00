// The eraser: dots that it touches go, strokes are cut. Seen at once, one step of undo.

import { erase } from './geometry.js';
import { change } from './history.js';
import * as overlay from './overlay.js';
import { hint } from './page.js';
import { set, state } from './store.js';

function without(hints, place) {
  return hints.flatMap((item) => {
    const left = erase(item.points, [place]);
    if (left === null) return [item];
    return left.map((points) => hint(item.use, item.color, points));
  });
}

/** A gesture of the eraser; `radius(at)` in px of the page. */
export function eraser(at, radius) {
  const { page } = state;
  let last = at;
  const rub = (now) => {
    // places between two events, so that a quick move leaves no gaps
    const r = radius(now);
    const steps = Math.max(
      1,
      Math.ceil(Math.hypot(now.x - last.x, now.y - last.y) / Math.max(r, 1)),
    );
    let { hints } = state.page;
    for (let n = 1; n <= steps; n++) {
      const t = n / steps;
      hints = without(hints, [last.x + (now.x - last.x) * t, last.y + (now.y - last.y) * t, r]);
    }
    last = now;
    const same =
      hints.length === state.page.hints.length && hints.every((h, n) => h === state.page.hints[n]);
    if (!same) set({ page: { ...state.page, hints } });
  };
  rub(at);
  return {
    move: rub,
    end() {
      const { hints } = state.page;
      const before = new Set(page.hints);
      const after = new Set(hints);
      set({ page });
      change('erase', [
        ...page.hints.filter((h) => !after.has(h)).map((h) => ({ op: 'remove', id: h.id })),
        ...hints.filter((h) => !before.has(h)).map((h) => ({ op: 'add', hint: h })),
      ]);
      overlay.draw();
    },
    cancel: () => set({ page }),
  };
}
