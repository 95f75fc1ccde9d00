"""How many clicks a drawing costs: hints until the median CIEDE2000 is at most 5.

A click is a dot of a region's true colour at the pixel nearest to its centroid. After each the
median is taken over the drawing's foreground without ink. Columns, for three orders of the regions:

  clicks_largest   the largest regions first
  clicks_random    a random order
  clicks_own       where the method is least certain: the samples' mean distance (Lab) from their
                   mean over a region, times its area; for methods that read batch['sample']
  reached_<order>  fraction of the drawings that get there; the others count as `clicks`, the most

Rows: `model`; and the baselines `nearest`, each pixel in the colour of its nearest hint, and
`nearest_region`, each region of the segmenter in that of its nearest hint over the ink
(regions/). For methods that read batch['hint']; tags and references are left out.
"""

from collections.abc import Callable, Iterable, Sequence

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Evaluation, Paint, Predict, fetch, only
from onepunch_jax.evals.hints import nearest_hint
from onepunch_jax.evals.region_metrics.drawings import (
  Drawing,
  drawings_of,
  first,
  is_random,
  numbered,
  predictions,
  region_colors,
  to_lab,
)
from onepunch_jax.metrics.image import colored_pixels
from onepunch_jax.ops import color
from onepunch_jax.regions.tokens import observe

ENOUGH = 5.0  # CIEDE2000
TOKENS = 128  # most regions of the segmenter
# (batch with its hints, drawings, hinted regions of each) -> the next region of each, or None
Order = Callable[[Batch, Sequence[Drawing], Sequence[Sequence[int]]], list[int | None]]


def make(*, clicks: int = 20, pictures: int = 20, samples: int = 4) -> Evaluation:
  """(paint, batches) -> {'<row>/clicks_<order>': mean, '<row>/reached_<order>': fraction}.

  Args:
    clicks: the most for a drawing.
    pictures: how many drawings, the first ones.
    samples: from how many the method's own order is found.
  """

  def evaluate(paint: Paint, batches: Iterable[Batch]) -> dict[str, float]:
    rows = {'model': paint, 'nearest': nearest_hint, 'nearest_region': nearest_region}
    found = {}
    for number, (batch, valid) in enumerate(first(batches, pictures)):
      batch, drawings = only(batch, 'hint'), drawings_of(batch)
      blank = _hinted(batch, np.zeros((*batch['line'].shape[:3], 4), np.float32))
      orders = {'largest': largest_first, 'random': random_order(number)}
      for row, predict in rows.items():
        more = {}
        if row == 'model' and is_random(paint, _likeliest(paint, blank)):
          more = {'own': least_certain(paint, samples)}
        for name, order in {**orders, **more}.items():
          needed = _count(predict, blank, drawings, order, clicks)[valid]
          found.setdefault((row, name), []).extend(needed)
    results = {}
    for (row, name), needed in found.items():
      needed = np.array(needed)
      results[f'{row}/clicks_{name}'] = float(np.minimum(needed, clicks).mean())
      results[f'{row}/reached_{name}'] = float((needed <= clicks).mean())
    return results

  return evaluate


def largest_first(
  batch: Batch, drawings: Sequence[Drawing], hinted: Sequence[Sequence[int]]
) -> list[int | None]:
  """The largest region without a hint, of each drawing."""
  return [len(h) if len(h) < len(d.regions) else None for d, h in zip(drawings, hinted)]


def random_order(number: int) -> Order:
  """A random order, the same each time; `number` of the batch seeds it."""

  def order(batch, drawings, hinted):
    orders = [
      np.random.default_rng((number, i)).permutation(len(d.regions)) for i, d in enumerate(drawings)
    ]
    return [int(o[len(h)]) if len(h) < len(o) else None for o, h in zip(orders, hinted)]

  return order


def least_certain(paint: Paint, samples: int) -> Order:
  """Where samples differ most, times the region's area."""

  def order(batch, drawings, hinted):
    labs = np.stack([to_lab(x) for x in predictions(paint, batch, samples)[1:]])
    found = []
    for i, (drawing, done) in enumerate(zip(drawings, hinted)):
      left = [r for r in range(len(drawing.regions)) if r not in done]
      if not left:
        found.append(None)
        continue
      colors = np.stack([region_colors(lab[i], drawing.regions) for lab in labs])
      apart = np.linalg.norm(colors - colors.mean(0), axis=-1).mean(0)
      found.append(max(left, key=(apart * drawing.weight**2).__getitem__))
    return found

  return order


def nearest_region(batch: Batch) -> jax.Array:
  """Each region of the line art in the colour of its nearest hint, white without hints."""
  line = fetch(batch['line'])
  labels, _, distance, colors, known = observe(line, fetch(batch['hint']), TOKENS)
  filled = np.ones((*line.shape[:3], 3), np.float32)
  for i in np.flatnonzero(known.any(-1)):
    nearest = np.where(known[i], distance[i], np.inf).argmin(-1)
    filled[i] = (0.5 + 0.5 * colors[i])[nearest][labels[i, ..., 0]]
  return jax.device_put(filled * (0.5 + 0.5 * line), batch['rgb'].sharding)


def _likeliest(paint: Predict, batch: Batch) -> dict[str, jax.Array]:
  """The batch with sample 0 where the method reads that."""
  if 'sample' not in (getattr(paint, 'inputs', None) or ()):
    return dict(batch)
  return numbered(batch, 0)


def _hinted(batch: Batch, hint: np.ndarray) -> dict[str, jax.Array]:
  return {**batch, 'hint': jax.device_put(hint, batch['rgb'].sharding)}


def _count(
  predict: Predict, batch: Batch, drawings: Sequence[Drawing], order: Order, clicks: int
) -> np.ndarray:
  """The clicks that each drawing needs, int [B]; `clicks` + 1 where it needs more."""
  needed = np.full(len(drawings), clicks + 1)
  hint = np.zeros((*batch['line'].shape[:3], 4), np.float32)
  hinted = [[] for _ in drawings]
  for count in range(clicks + 1):
    now = _hinted(batch, hint)
    error = fetch(_median(predict(_likeliest(predict, now)), batch))
    needed = np.where((needed > clicks) & ~(error > ENOUGH), count, needed)
    if count == clicks or (needed <= clicks).all():
      break
    places = order(now, drawings, hinted)
    if all(place is None for place in places):
      break
    for i, place in enumerate(places):
      if place is not None:
        drawings[i].regions[place].draw_dot(hint[i])
        hinted[i].append(place)
  return needed


@jax.jit
def _median(prediction, batch):
  """The median CIEDE2000 over the foreground without ink, [B]; NaN where there is none."""
  delta = color.delta_e(color.rgb_to_lab(prediction), color.rgb_to_lab(0.5 + 0.5 * batch['rgb']))
  return jnp.nanmedian(jnp.where(colored_pixels(batch), delta, jnp.nan), axis=(1, 2))
