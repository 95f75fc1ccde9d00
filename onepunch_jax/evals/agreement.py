"""Whether a prediction is definite: one colour in a region, one colour in the regions of a part.

  definite        fraction of the regions' area within 5 (Lab) of its region's main colour
  agreement       fraction of the parts' area within 5 of its part's main colour; a part is all
                  regions of a drawing with the same noun and, within 5, the same true colour: both
                  sleeves of a shirt, all strands of hair. Only parts of two regions or more count
  agreement_all   the same over all parts, those of one region too

Ink and the pixels beside it are left out. Rows: `model`, given nothing but the line art, and
`target`, the ground truth, which shading keeps below 1. `agreement` needs nouns of regions
(`synthetic`).
"""

from collections.abc import Iterable, Sequence

import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Evaluation, Predict, fetch, unconditional
from onepunch_jax.evals.hint_metrics.single_hint import commonest_color
from onepunch_jax.evals.region_metrics.drawings import Drawing, drawings_of, first, to_lab
from onepunch_jax.metrics.image import LINE

NEAR = 5.0  # Lab
COLUMNS = ('definite', 'agreement', 'agreement_all')


def make(*, pictures: int = 100) -> Evaluation:
  """(paint, batches) -> {'<row>/<column>': fraction}, of the first `pictures` drawings."""

  def evaluate(paint: Predict, batches: Iterable[Batch]) -> dict[str, float]:
    sums = {(row, k): np.zeros(2) for row in ('model', 'target') for k in COLUMNS}
    for batch, valid in first(batches, pictures):
      drawings = drawings_of(batch)
      light = 0.5 + 0.5 * fetch(batch['line'])[..., 0] >= LINE
      labs = {
        'model': to_lab(paint(unconditional(batch))),
        'target': to_lab(0.5 + 0.5 * batch['rgb']),
      }
      for i in valid:
        masks = [r.mask & light[i] for r in drawings[i].regions]
        parts = parts_of(drawings[i])
        whole = [np.any([masks[j] for j in part], 0) for part in parts]
        several = [mask for mask, part in zip(whole, parts) if len(part) > 1]
        for row, lab in labs.items():
          sums[row, 'definite'] += _main_area(lab[i], masks)
          sums[row, 'agreement'] += _main_area(lab[i], several)
          sums[row, 'agreement_all'] += _main_area(lab[i], whole)
    return {f'{row}/{k}': float(x / n) for (row, k), (x, n) in sums.items() if n}

  return evaluate


def parts_of(drawing: Drawing) -> list[list[int]]:
  """The regions of each part, as places in `drawing.regions`; of those whose noun is known."""
  parts = []
  for i, (noun, lab) in enumerate(zip(drawing.noun, drawing.lab)):
    if noun == 0:
      continue
    for part in parts:
      if drawing.noun[part[0]] == noun and np.linalg.norm(drawing.lab[part[0]] - lab) <= NEAR:
        part.append(i)
        break
    else:
      parts.append([i])
  return parts


def _main_area(lab: np.ndarray, masks: Sequence[np.ndarray]) -> np.ndarray:
  """(pixels near the main colour of their mask, all pixels)."""
  near = total = 0
  for mask in masks:
    own = lab[mask]
    if len(own):
      near += int(np.sum(np.linalg.norm(own - commonest_color(own), axis=-1) <= NEAR))
      total += len(own)
  return np.array([near, total])
