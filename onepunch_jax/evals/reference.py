"""What a reference does, beside answers that need no learning.

PSNR inside, and CIEDE2000 (<column>_de00), mean over drawings, when the reference is

  self_ref      the drawing's own picture, bent (prepare/reference, without noise of colours)
  same_ref      another drawing of the same character
  other_ref     a drawing of another character, for those that have a same_ref
  picture_ref   another picture, whatever it shows
  no_ref        none

Rows: `model`; `ref_mean`, the reference's mean colour under the line art (without one: white);
`ref_pasted`, the reference itself, pixel by pixel.  Where the data knows no characters there is no
same_ref and no other_ref.  And a picture: drawing, target, and reference and answer for each.
For methods that read batch['reference']; the same each time.
"""

from collections.abc import Callable, Iterable

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.evals import image
from onepunch_jax.evals.hint_metrics.common import alone, ask, fetch
from onepunch_jax.evals.samples import grid
from onepunch_jax.guides import references
from onepunch_jax.prepare.reference import warp

FLOORS = ('ref_mean', 'ref_pasted')
GREY = 0.8  # where the picture of a reference shows that there is none


def make(*, pictures=200, shown=8) -> Callable:
  """(paint, batches) -> {'<row>/<column>': mean over the first `pictures` drawings}.

  `shown` drawings are in the picture 'references'; 0: there is none.
  """
  floor = {}  # does not change from one evaluation to the next

  def evaluate(paint: Callable, batches: Iterable) -> dict:
    rows = {'model': paint} | ({} if floor else {'ref_mean': mean, 'ref_pasted': pasted})
    found, sheet, left = {}, [], pictures
    for number, batch in enumerate(batches):
      if left <= 0:
        break
      valid = np.flatnonzero(fetch(batch['valid']))[:left]
      left -= len(valid)
      columns, answers = _choices(batch, number, valid), {}
      for column, (reference, which) in columns.items():
        for row, answer in rows.items():
          painted = ask(answer, alone(batch, 'reference'), reference=reference)
          measured = [fetch(x)[which] for x in _measure(painted, batch)]
          for name, values in zip((column, f'{column}_de00'), measured):
            found.setdefault(f'{row}/{name}', []).extend(values)
          if row == 'model' and len(sheet) < shown:
            answers[column] = reference, painted, which
      if answers:
        sheet += _sheet(batch, answers, valid)
    results = {k: float(np.nanmean(x)) for k, x in found.items() if not np.isnan(x).all()}
    floor.update({k: x for k, x in results.items() if k.split('/')[0] in FLOORS})
    if shown and sheet:
      results['references'] = _grid(sheet[:shown])
    return {**floor, **results}

  return evaluate


def mean(batch: dict) -> jax.Array:
  """The reference's mean colour under the line art; white without a reference."""
  reference = batch['reference']
  count = reference[..., 3:].sum((1, 2), keepdims=True)
  color = reference[..., :3].sum((1, 2), keepdims=True) / jnp.maximum(count, 1)
  return jnp.where(count > 0, 0.5 + 0.5 * color, 1.0) * (0.5 + 0.5 * batch['line'])


def pasted(batch: dict) -> jax.Array:
  """The reference, pixel by pixel, under the line art; white where there is none."""
  color, there = batch['reference'][..., :3], batch['reference'][..., 3:] > 0
  return jnp.where(there, 0.5 + 0.5 * color, 1.0) * (0.5 + 0.5 * batch['line'])


def _choices(batch, number, valid) -> dict[str, tuple[jax.Array, np.ndarray]]:
  """{column: (references [B, H, W, 4], which of the drawings count)}."""
  count = batch['rgb'].shape[0]
  who = fetch(batch['character']) if 'character' in batch else np.full(count, -1)
  given = fetch(references.present(references.of(batch)))
  known = [i for i in valid if given[i] and who[i] >= 0]
  picture = _next(valid, valid, lambda i, j: i != j and (who[i] != who[j] or who[i] < 0))
  other = _next(known, known, lambda i, j: who[i] != who[j])
  whole = references.from_rgb(batch['rgb'])
  key = jax.random.fold_in(jax.random.key(0), number)
  found = {'self_ref': (_bent(batch['rgb'], key), np.asarray(valid, int))}
  if known:
    found['same_ref'] = batch['reference'], np.array([i for i in known if i in other], int)
    found['other_ref'] = _taken(batch['reference'], other, count)
  found['picture_ref'] = _taken(whole, picture, count)
  return {**found, 'no_ref': (jnp.zeros_like(whole), np.asarray(valid, int))}


def _next(asking, pool, fits) -> dict[int, int]:
  """For each of `asking` the next of `pool` (round and round) that fits, where there is one."""
  found = {}
  for i in asking:
    later = sorted(pool, key=lambda j, i=i: (j <= i, j))
    fitting = [j for j in later if fits(i, j)]
    if fitting:
      found[int(i)] = int(fitting[0])
  return found


def _taken(pictures, places, count):
  """Pictures [B, ...] of other places, {at: from}, and which have one."""
  order = np.array([places.get(i, i) for i in range(count)])
  return jnp.take(pictures, order, 0), np.array(sorted(places), int)


_bent = jax.jit(lambda rgb, key: warp(rgb, key).reference)


@jax.jit
def _measure(painted, batch):
  """PSNR inside [B] and CIEDE2000 [B] of sRGB [B, H, W, 3] in [0, 1]."""
  found = image.compare(painted, batch)
  return found['psnr_inside'], found['de00']


def _sheet(batch, answers, valid) -> list[dict[str, np.ndarray]]:
  """{caption: picture} of each drawing; those with most references first."""
  on_host = lambda x: fetch(0.5 + 0.5 * x)
  line, target = np.repeat(on_host(batch['line']), 3, -1), on_host(batch['rgb'])
  rows = {i: {'line': line[i], 'target': target[i]} for i in valid}
  for column, (reference, painted, which) in answers.items():
    seen = np.where(fetch(reference[..., 3:]) > 0, on_host(reference[..., :3]), GREY)
    painted = fetch(painted)
    for i in which:
      rows[i] |= {column: seen[i], f'painted by {column}': painted[i]}
  return sorted(rows.values(), key=len, reverse=True)


def _grid(rows) -> np.ndarray:
  """The rows as one picture; white where a drawing has no such reference."""
  captions = max(rows, key=len)
  blank = np.ones_like(rows[0]['line'])
  titles = ['painted' if c.startswith('painted') else c.removesuffix('_ref') for c in captions]
  return grid([[row.get(c, blank) for c in captions] for row in rows], titles, 1)
