"""Whether a palette is obeyed: for methods that read batch['palette'].

  off_palette   fraction of the foreground without ink whose colour is no entry of the palette and
                not white: farther than 1 (Lab) from each
  palette_used  mean number of entries that a prediction has, over that of the ground truth

The palette is the drawing's own: the true colours of its regions, the largest first, at most
`size`. It is float32 [B, size, 4]: sRGB in [-1, 1], and 1 where there is an entry. Rows: `model`,
and `free`, the same method without the palette. {} for other methods.
"""

from collections.abc import Iterable

import jax
import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Evaluation, Paint, fetch, unconditional
from onepunch_jax.evals.region_metrics.drawings import drawings_of, first, to_lab
from onepunch_jax.metrics.image import colored_pixels
from onepunch_jax.ops import color

NEAR = 1.0  # Lab
CLEAN = 0.995  # lighter line art has not darkened the colour below it
APART = 5.0  # Lab: true colours that are nearer to each other are one entry


def make(*, size: int = 16, pictures: int = 100) -> Evaluation:
  """(paint, batches) -> {'<row>/<column>': value}.

  Args:
    size: most entries of a palette.
    pictures: how many drawings, the first ones.
  """

  def evaluate(paint: Paint, batches: Iterable[Batch]) -> dict[str, float]:
    if 'palette' not in (getattr(paint, 'inputs', None) or ()):
      return {}
    counts = {row: np.zeros(2) for row in ('model', 'free')}
    entries = {row: np.zeros(2) for row in ('model', 'free')}
    for batch, valid in first(batches, pictures):
      palettes = [entries_of(drawing.lab, size) for drawing in drawings_of(batch)]
      asked = unconditional(batch)
      labs = {
        'model': to_lab(
          paint(
            {**asked, 'palette': jax.device_put(_pack(palettes, size), batch['valid'].sharding)}
          )
        ),
        'free': to_lab(paint(asked)),
      }
      clean = fetch(colored_pixels(batch)) & (0.5 + 0.5 * fetch(batch['line'])[..., 0] >= CLEAN)
      for row, lab in labs.items():
        for i in valid:
          near = _nearest(lab[i][clean[i]], palettes[i])
          counts[row] += (near < 0).sum(), near.size
          entries[row] += len(np.unique(near[near > 0])), len(palettes[i])
    found = {f'{row}/off_palette': float(x / max(n, 1)) for row, (x, n) in counts.items()}
    return found | {f'{row}/palette_used': float(x / max(n, 1)) for row, (x, n) in entries.items()}

  return evaluate


def entries_of(lab: np.ndarray, size: int) -> np.ndarray:
  """The first `size` of Lab colours [R, 3] that are APART, [P, 3]."""
  found = []
  for one in lab:
    if len(found) < size and all(np.linalg.norm(one - other) > APART for other in found):
      found.append(one)
  return np.array(found, np.float32).reshape(-1, 3)


def _pack(palettes: list[np.ndarray], size: int) -> np.ndarray:
  """Lab palettes as batch['palette'], float32 [B, size, 4]."""
  packed = np.zeros((len(palettes), size, 4), np.float32)
  for row, entries in zip(packed, palettes):
    row[: len(entries), :3] = entries
    row[: len(entries), 3] = 1
  rgb = 2 * np.asarray(color.lab_to_rgb(packed[..., :3])) - 1
  packed[..., :3] = rgb * packed[..., 3:]
  return packed


def _nearest(lab: np.ndarray, entries: np.ndarray) -> np.ndarray:
  """For Lab [N, 3] the number of the entry it is, from 1 on; 0 is white, -1 none."""
  known = np.concatenate([[(100.0, 0.0, 0.0)], entries])
  away = np.linalg.norm(lab[:, None] - known, axis=-1)
  return np.where(away.min(-1) <= NEAR, away.argmin(-1), -1)
