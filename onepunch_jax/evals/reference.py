"""What a reference does, beside baselines that need no learning.

Foreground PSNR, and CIEDE2000 (<column>_de00), mean over drawings, when the reference is

  self_ref      the drawing's own picture, warped (prepare/reference, without noise of colours)
  same_ref      another drawing of the same character
  other_ref     a drawing of another character, for those that have a same_ref
  picture_ref   another picture, whatever it shows
  no_ref        none

Rows: `model`; `ref_mean`, the reference's mean colour under the line art (without one: white);
`ref_pasted`, the reference itself, pixel by pixel. Where the data knows no characters there is no
same_ref and no other_ref. And a picture: line art, ground truth, and reference and prediction for
each. For methods that read batch['reference']; the same each time.
"""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Predict, fetch, only, predict
from onepunch_jax.evals.samples import grid
from onepunch_jax.guides import references
from onepunch_jax.metrics import image
from onepunch_jax.prepare.reference import warp

BASELINES = ('ref_mean', 'ref_pasted')
GREY = 0.8  # where the picture of a reference shows that there is none


class Choice(NamedTuple):
  """References of one kind: [B, H, W, 4], and which drawings have one."""

  reference: jax.Array
  which: np.ndarray


@dataclasses.dataclass
class ReferenceEvaluation:
  """(paint, batches) -> {'<row>/<column>': mean, 'references': uint8 picture}.

  Attributes:
    pictures: how many drawings are measured, the first ones.
    examples: how many are in the picture 'references'; 0: there is none.
    baselines: numbers of BASELINES, measured by the first call and kept: they do not change from
      one evaluation of the same batches to the next.
  """

  pictures: int
  examples: int
  baselines: dict[str, float] | None = None

  def __call__(self, paint: Predict, batches: Iterable[Batch]) -> dict[str, Any]:
    rows = {'model': paint}
    if self.baselines is None:
      rows |= {'ref_mean': mean, 'ref_pasted': pasted}
    found, sheet, left = {}, [], self.pictures
    for number, batch in enumerate(batches):
      if left <= 0:
        break
      valid = np.flatnonzero(fetch(batch['valid']))[:left]
      left -= len(valid)
      examples = {}
      for column, choice in _choices(batch, number, valid).items():
        for row, answer in rows.items():
          prediction = predict(answer, only(batch, 'reference'), reference=choice.reference)
          measured = [fetch(x)[choice.which] for x in _measure(prediction, batch)]
          for name, values in zip((column, f'{column}_de00'), measured):
            found.setdefault(f'{row}/{name}', []).extend(values)
          if row == 'model' and len(sheet) < self.examples:
            examples[column] = choice, prediction
      if examples:
        sheet += _sheet(batch, examples, valid)
    results = {k: float(np.nanmean(x)) for k, x in found.items() if not np.isnan(x).all()}
    if self.baselines is None:
      self.baselines = {k: x for k, x in results.items() if k.split('/')[0] in BASELINES}
    if self.examples and sheet:
      results['references'] = _grid(sheet[: self.examples])
    return {**self.baselines, **results}


def make(*, pictures: int = 200, examples: int = 8) -> ReferenceEvaluation:
  """The evaluation; its arguments are the attributes of `ReferenceEvaluation`."""
  return ReferenceEvaluation(pictures, examples)


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


def _choices(batch: Batch, number: int, valid: np.ndarray) -> dict[str, Choice]:
  """{column: references} for the drawings `valid`."""
  count = batch['rgb'].shape[0]
  who = fetch(batch['character']) if 'character' in batch else np.full(count, -1)
  present = fetch(references.present(references.of(batch)))
  known = [i for i in valid if present[i] and who[i] >= 0]

  def another_picture(i, j):
    return i != j and (who[i] != who[j] or who[i] < 0)

  def another_character(i, j):
    return who[i] != who[j]

  other = _next(known, known, another_character)
  whole = references.from_rgb(batch['rgb'])
  key = jax.random.fold_in(jax.random.key(0), number)
  found = {'self_ref': Choice(_warp(batch['rgb'], key), np.asarray(valid, int))}
  if known:
    known = np.array([i for i in known if i in other], int)
    found['same_ref'] = Choice(batch['reference'], known)
    found['other_ref'] = _of_others(batch['reference'], other, count)
  found['picture_ref'] = _of_others(whole, _next(valid, valid, another_picture), count)
  return {**found, 'no_ref': Choice(jnp.zeros_like(whole), np.asarray(valid, int))}


def _next(
  places: Sequence[int], pool: Sequence[int], fits: Callable[[int, int], bool]
) -> dict[int, int]:
  """For each place the next of `pool` (round and round) that fits, where there is one."""
  found = {}
  for i in places:
    later = [j for j in sorted(pool) if j > i] + [j for j in sorted(pool) if j <= i]
    fitting = [j for j in later if fits(i, j)]
    if fitting:
      found[int(i)] = int(fitting[0])
  return found


def _of_others(pictures: jax.Array, places: dict[int, int], count: int) -> Choice:
  """Pictures [B, ...] of other places, {at: from}."""
  order = np.array([places.get(i, i) for i in range(count)])
  return Choice(jnp.take(pictures, order, 0), np.array(sorted(places), int))


@jax.jit
def _warp(rgb, key):
  return warp(rgb, key).reference


@jax.jit
def _measure(prediction, batch):
  """Foreground PSNR [B] and CIEDE2000 [B] of sRGB [B, H, W, 3] in [0, 1]."""
  found = image.compare(prediction, batch)
  return found['psnr_foreground'], found['de00']


def _sheet(batch: Batch, examples: dict, valid: np.ndarray) -> list[dict[str, np.ndarray]]:
  """{caption: picture} of each drawing; those with most references first."""
  line = np.repeat(fetch(0.5 + 0.5 * batch['line']), 3, -1)
  truth = fetch(0.5 + 0.5 * batch['rgb'])
  rows = {i: {'line': line[i], 'target': truth[i]} for i in valid}
  for column, (choice, prediction) in examples.items():
    reference, prediction = fetch(choice.reference), fetch(prediction)
    reference = np.where(reference[..., 3:] > 0, 0.5 + 0.5 * reference[..., :3], GREY)
    for i in choice.which:
      rows[i] |= {column: reference[i], f'painted by {column}': prediction[i]}
  return sorted(rows.values(), key=len, reverse=True)


def _grid(rows: list[dict[str, np.ndarray]]) -> np.ndarray:
  """The rows as one picture; white where a drawing has no such reference."""
  captions = max(rows, key=len)
  blank = np.ones_like(rows[0]['line'])
  titles = ['painted' if c.startswith('painted') else c.removesuffix('_ref') for c in captions]
  return grid([[row.get(c, blank) for c in captions] for row in rows], titles, 1)
