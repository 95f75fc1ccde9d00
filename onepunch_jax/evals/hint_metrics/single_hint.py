"""What one hint does: whether it is obeyed, what it covers, where it leaks to."""

import jax
import numpy as np

from onepunch_jax.evals.hint_metrics.common import ask, fetch
from onepunch_jax.evals.hint_metrics.regions import Part
from onepunch_jax.evals.image import INK
from onepunch_jax.ops import color

COVERED, MOVED = 5.0, 2.3  # CIEDE2000


def obeyed(answer, batch, parts) -> dict:
  """{'obedience', 'coverage', 'leak': [B]} of a hint of another drawing's colour.

  On the largest region; all others have hints of their own colours, with it and without.
  """
  line = 0.5 + 0.5 * fetch(batch['line'])[..., 0]
  hint = np.zeros((*line.shape, 4), np.float32)
  for b, regions in enumerate(parts):
    for part in regions[1:]:
      part.show(hint[b])
  before = fetch(ask(answer, batch, hint=hint))
  tints = [regions[0].tint if regions else np.full(3, 0.5) for regions in parts]
  tints = [*tints[1:], tints[0]]  # another drawing's
  for b, regions in enumerate(parts):
    if regions:
      regions[0].show(hint[b], tints[b])
  after = fetch(ask(answer, batch, hint=hint))
  one = [
    _measured(before[b], after[b], tints[b], regions[0].mask, line[b]) if regions else (np.nan,) * 3
    for b, regions in enumerate(parts)
  ]
  return dict(zip(('obedience', 'coverage', 'leak'), np.array(one).T))


def gap_leaks(answer, batch, gaps, wide) -> list[float]:
  """The leak out of a square of lines, red inside, green outside, with a gap in its right side.

  `gaps` are in pixels at 256, dots are `wide` pixels; of the batch only its shape counts.
  """
  shape = tuple(batch['line'].shape)
  height, width = shape[1:3]
  scale = min(height, width) / 256
  low, high = round(0.3 * min(height, width)), round(0.7 * min(height, width))
  thick, middle = max(1, round(3 * scale)), (low + high) // 2
  inside = np.zeros((height, width), bool)
  inside[low:high, low:high] = True
  full = lambda x, c: np.broadcast_to(x.reshape(1, height, width, c), (*shape[:3], c))
  paint = lambda line, hint: fetch(ask(answer, batch, line=full(line, 1), hint=full(hint, 4)))[0]
  corner = np.indices(inside.shape).max(0) < low // 2
  leaks = []
  for gap in gaps:
    line = np.ones((height, width), np.float32)
    line[low - thick : high + thick, low - thick : high + thick] = -1
    line[inside] = 1
    open_ = round(gap * scale)
    line[middle - open_ // 2 :][:open_, high : high + thick] = 1
    hint = np.zeros((height, width, 4), np.float32)
    Part.of(corner, np.array((0.2, 0.7, 0.3)), wide).show(hint)
    without = hint.copy()
    Part.of(inside, np.array((0.8, 0.2, 0.2)), wide).show(hint)
    moved = np.asarray(_apart(color.rgb_to_lab(paint(line, without)), paint(line, hint))) > MOVED
    leaks.append(float(np.mean(moved[~inside & (line > 0)])))
  return leaks


def _measured(before, after, tint, mask, line) -> tuple[float, float, float]:
  lab, far, moved = map(np.asarray, _compared(before, after, tint.astype(np.float32)))
  own = lab[mask]
  _, bins, counts = np.unique(np.floor(own / 5), axis=0, return_inverse=True, return_counts=True)
  mode = own[bins.ravel() == counts.argmax()].mean(0)
  outside = ~mask & (line >= INK)
  return (
    float(_apart(mode, tint.astype(np.float32))),
    float(np.mean(far[mask] <= COVERED)),
    float(np.mean(moved[outside] > MOVED)) if outside.any() else np.nan,
  )


@jax.jit
def _compared(before, after, tint):
  """Of whole pictures, so that it is compiled once: Lab, and dE00 from the tint and from before."""
  lab = color.rgb_to_lab(after)
  return (
    lab,
    color.delta_e(lab, color.rgb_to_lab(tint)),
    color.delta_e(lab, color.rgb_to_lab(before)),
  )


@jax.jit
def _apart(lab, tint):
  return color.delta_e(lab, color.rgb_to_lab(tint))
