"""What a person's hints do, beside *nearest hint*, which needs no learning.

  points_N      PSNR inside, with N squares of `size` px (at 256) of their mean true colour, placed
                as by Zhang (2017); more points are the same ones and others
  auc, auc_inside   Hint-AUC: PSNR with a dot of its mean colour in each of the largest floor(a n)
                of n regions, integrated over a in [0, 1] (trapezoids)
  obedience     median CIEDE2000 from a hint's colour, here that of another drawing's region, to
                the commonest colour of the answer in its region, the largest; the others have
                hints of their own colours
  coverage      share of that region's pixels, ink excluded, within 5 of the hint's colour
  leak          share of the pixels outside it that the hint moves by more than 2.3
  leak_gap_G    the same for a square of lines with a gap of G px (at 256)

Rows: `model`, and `nearest`: every pixel takes its nearest hint's colour (a watershed over the ink:
prepare/propagate), or white where there is none, under the line art.  Regions are the data's, or of
graph-based segmentation.  For methods that read batch['hint']; the same each time.
"""

from collections.abc import Callable, Iterable, Sequence

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax import color
from onepunch_jax.evals._regions import felzenszwalb
from onepunch_jax.evals.image import DRAWN, INK, WHITE
from onepunch_jax.prepare import points as sampler
from onepunch_jax.prepare import propagate

ALPHAS = (0.0, 0.01, 0.03, 0.05, 0.10, 0.25, 0.50, 1.0)
COVERED, MOVED = 5.0, 2.3  # CIEDE2000
SMALLEST = 100  # pixels of a region, at 256


def make(*, points=(0, 1, 2, 5, 10, 20, 50, 100, 200, 500), size=6, alphas=ALPHAS,
         gaps=(0, 1, 2, 4, 8, 16), pictures=100) -> Callable:
  """(paint, batches) -> {'<row>/<column>': mean over the first `pictures` drawings}.

  Args:
    points: numbers of points; () for no curve.
    size: side of the dots, in pixels at 256.
    alphas: shares of the regions that get a dot, from 0 to 1; () for no regions at all.
    gaps: widths of gaps, in pixels at 256.
  """
  floor = {}  # does not change from one evaluation to the next

  def evaluate(paint: Callable, batches: Iterable) -> dict[str, float]:
    rows = {'model': paint} if floor else {'model': paint, 'nearest': nearest_hint}
    found = {row: {} for row in rows}
    left, seen = pictures, None
    for number, batch in enumerate(batches):
      if left <= 0:
        break
      valid = np.flatnonzero(_fetch(batch['valid']))[:left]
      left, seen = left - len(valid), batch
      for row, answer in rows.items():
        measured = _curve(answer, batch, number, points, size)
        if alphas:
          measured |= _regions(answer, batch, alphas, size)
        for name, values in measured.items():
          found[row].setdefault(name, []).extend(np.asarray(values)[valid])
    results = {f'{row}/{name}': float(_middle(name)(values))
               for row, columns in found.items() for name, values in columns.items()}
    if gaps and seen is not None:
      for row, answer in rows.items():
        leaks = _gaps(answer, seen, gaps, size)
        results |= {f'{row}/leak_gap_{g}': float(x) for g, x in zip(gaps, leaks)}
    floor.update({k: x for k, x in results.items() if k.startswith('nearest/')})
    return {**floor, **results}

  return evaluate


@jax.jit
def nearest_hint(batch: dict) -> jax.Array:
  """Every pixel of its nearest hint's colour, white without hints, times the line art."""
  spread, cost = propagate.spread(batch['line'], batch['hint'])
  return jnp.where(cost < 1, 0.5 + 0.5 * spread, 1.0) * (0.5 + 0.5 * batch['line'])


@jax.jit
def _psnr(painted, batch):
  """[B, H, W, 3] -> PSNR [B], and PSNR inside (as in evals/image); NaN where nothing is inside."""
  target, line = 0.5 + 0.5 * batch['rgb'], 0.5 + 0.5 * batch['line'][..., 0]
  error = jnp.mean((painted - target) ** 2, -1)
  inside = (line < DRAWN) | (target.min(-1) < WHITE)
  count = inside.sum((1, 2))
  within = jnp.where(count > 0, jnp.sum(error * inside, (1, 2)) / jnp.maximum(count, 1), jnp.nan)
  return [-10 * jnp.log10(jnp.maximum(x, 1e-10)) for x in (error.mean((1, 2)), within)]


def _curve(answer, batch, number, points, size) -> dict:
  """{'points_N': PSNR inside [B]}."""
  if not points:
    return {}
  shape = batch['rgb'].shape[:3]
  side = _side(size, shape[1:])
  places = sampler.squares(jax.random.fold_in(jax.random.key(0), number), shape,
                           max(1, *points), (side, side))
  blank = jnp.zeros((*shape, 4))
  found = {}
  for n in points:
    hint = _shown(blank, batch['rgb'], *places, jnp.full(shape[0], n))
    found[f'points_{n}'] = _fetch(_psnr(_ask(answer, batch, hint=hint), batch)[1])
  return found


def _ask(answer, batch, **changed) -> jax.Array:
  """The answer to a batch with other hints or lines, laid out as it is: one compilation for all."""
  placed = {k: jax.device_put(x, batch['rgb'].sharding) for k, x in changed.items()}
  return answer({**batch, **placed})


_shown = jax.jit(sampler.show)


def _regions(answer, batch, alphas, size) -> dict:
  """Hint-AUC, and what one hint does, per picture."""
  rgb, line = 0.5 + 0.5 * _fetch(batch['rgb']), 0.5 + 0.5 * _fetch(batch['line'])[..., 0]
  side = _side(size, line.shape[1:])
  known = _fetch(batch['regions'])[..., 0] if 'regions' in batch else np.zeros(line.shape, int)
  least = SMALLEST * line[0].size / 256**2
  parts = [_parts(*x, least) for x in zip(rgb, known, line)]
  curves = []
  for alpha in alphas:
    hint = np.zeros((*line.shape, 4), np.float32)
    for b, regions in enumerate(parts):
      for mask, tint in regions[: int(np.floor(alpha * len(regions) + 1e-9))]:
        _dot(hint[b], mask, tint, side)
    curves.append([_fetch(x) for x in _psnr(_ask(answer, batch, hint=hint), batch)])
  area = np.trapezoid(np.array(curves), alphas, axis=0)
  hint = np.zeros((*line.shape, 4), np.float32)
  for b, regions in enumerate(parts):
    for mask, tint in regions[1:]:
      _dot(hint[b], mask, tint, side)
  before = _fetch(_ask(answer, batch, hint=hint))
  tints = [regions[0][1] if regions else np.full(3, 0.5) for regions in parts]
  tints = [*tints[1:], tints[0]]  # another drawing's
  for b, regions in enumerate(parts):
    if regions:
      _dot(hint[b], regions[0][0], tints[b], side)
  after = _fetch(_ask(answer, batch, hint=hint))
  one = [_obeyed(before[b], after[b], tints[b], regions[0][0], line[b]) if regions
         else (np.nan,) * 3 for b, regions in enumerate(parts)]
  return {'auc': area[0], 'auc_inside': area[1],
          **dict(zip(('obedience', 'coverage', 'leak'), np.array(one).T))}


def _parts(rgb, known, line, least) -> list[tuple[np.ndarray, np.ndarray]]:
  """(mask, mean colour) of each region, the largest first; bare paper is none."""
  if known.max() > 0:
    ids = known.astype(int)
  else:
    ids = felzenszwalb(rgb, smallest=max(1, round(least))) + 1
  count = np.bincount(ids.ravel())
  found = []
  for i in sorted(np.flatnonzero(count >= max(least, 1)), key=lambda i: (-count[i], i)):
    mask = (ids == i) & (line >= INK)
    if i and mask.any() and rgb[mask].mean(0).min() < WHITE:
      found.append((mask, rgb[mask].mean(0)))
  return found


def _dot(hint, mask, tint, side) -> None:
  """Writes a dot into hint [H, W, 4], round the mask's medoid: nearest of it to its centre."""
  rows, columns = np.nonzero(mask)
  at = np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2)
  top, left = max(0, rows[at] - side // 2), max(0, columns[at] - side // 2)
  square = np.s_[top : top + side, left : left + side]
  hint[square][mask[square]] = [*(2 * tint - 1), 1]


def _obeyed(before, after, tint, mask, line) -> tuple[float, float, float]:
  """Obedience, coverage and leak of one hint."""
  lab, changed, tint = (np.asarray(color.rgb_to_lab(jnp.asarray(x, jnp.float32)))
                        for x in (after, before, tint))
  own = lab[mask]
  _, bins, counts = np.unique(np.floor(own / 5), axis=0, return_inverse=True, return_counts=True)
  mode = own[bins.ravel() == counts.argmax()].mean(0)
  far = lambda a, b: np.asarray(color.delta_e(jnp.asarray(a), jnp.asarray(b)))
  outside = ~mask & (line >= INK)
  return (float(far(mode, tint)), float(np.mean(far(own, tint) <= COVERED)),
          float(np.mean(far(lab, changed)[outside] > MOVED)) if outside.any() else np.nan)


def _gaps(answer, batch, gaps, size) -> list[float]:
  """The leak out of a square of lines, red inside, green outside, with a gap in its right side."""
  shape = tuple(batch['line'].shape)
  height, width = shape[1:3]
  scale = min(height, width) / 256
  low, high = round(0.3 * min(height, width)), round(0.7 * min(height, width))
  thick, middle = max(1, round(3 * scale)), (low + high) // 2
  inside = np.zeros((height, width), bool)
  inside[low:high, low:high] = True
  full = lambda x, c: np.broadcast_to(x.reshape(1, height, width, c), (*shape[:3], c))
  paint = lambda line, hint: _fetch(
    _ask(answer, batch, line=full(line, 1), hint=full(hint, 4)))[0]
  corner = np.indices(inside.shape).max(0) < low // 2
  dot = lambda hint, mask, tint: _dot(hint, mask, np.array(tint), _side(size, inside.shape))
  leaks = []
  for gap in gaps:
    line = np.ones((height, width), np.float32)
    line[low - thick : high + thick, low - thick : high + thick] = -1
    line[inside] = 1
    wide = round(gap * scale)
    line[middle - wide // 2 :][:wide, high : high + thick] = 1
    hint = np.zeros((height, width, 4), np.float32)
    dot(hint, corner, (0.2, 0.7, 0.3))
    without = hint.copy()
    dot(hint, inside, (0.8, 0.2, 0.2))
    lab = [color.rgb_to_lab(jnp.asarray(paint(line, x))) for x in (without, hint)]
    moved = np.asarray(color.delta_e(*lab)) > MOVED
    leaks.append(np.mean(moved[~inside & (line > 0)]))
  return leaks


def _side(size: int, shape: Sequence[int]) -> int:
  return max(1, round(size * min(shape[:2]) / 256))


def _middle(name: str) -> Callable:
  return np.nanmedian if name == 'obedience' else np.nanmean


def _fetch(x) -> np.ndarray:
  """A global array on the host, wherever its parts are."""
  if jax.process_count() > 1 and not isinstance(x, np.ndarray):
    from jax.experimental import multihost_utils

    return np.asarray(multihost_utils.process_allgather(x, tiled=True))
  return np.asarray(x)
