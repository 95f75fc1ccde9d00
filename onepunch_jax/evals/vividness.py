"""Whether colours are as strong as the true ones: averages of the possible ones are grey-brown.

Over foreground pixels that are not ink:

  chroma_ratio     mean chroma (Lab) of the predictions over that of the ground truth
  colorful_ratio   mean colourfulness (Hasler and Suesstrunk 2003; whole pictures) over the truth's
  mud              fraction of the pixels with chroma < 12 and 25 < L < 75, less the truth's, in
                   percentage points

Rows: `model`, given nothing but the line art; and the baseline `mean` (one colour, the mean of all
true foregrounds).
"""

from collections.abc import Iterable

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Evaluation, Predict, unconditional
from onepunch_jax.metrics.image import colored_pixels, colorfulness
from onepunch_jax.ops import color

MUD_CHROMA, MUD_DARK, MUD_LIGHT = 12.0, 25.0, 75.0


def make() -> Evaluation:
  """(paint, batches) -> {'<row>/<column>': value}."""

  def evaluate(paint: Predict, batches: Iterable[Batch]) -> dict[str, float]:
    truth, model = np.zeros(7), np.zeros(7)
    for batch in batches:
      truth += _sums(0.5 + 0.5 * batch['rgb'], batch)
      model += _sums(paint(unconditional(batch)), batch)
    mean = np.float32(truth[4:] / max(truth[0], 1))
    flat = np.zeros(7)
    for batch in batches:
      flat += _sums(_one_color(mean, batch), batch)
    rows = {'model': model, 'mean': flat}
    return {f'{row}/{k}': x for row, sums in rows.items() for k, x in _columns(sums, truth).items()}

  return evaluate


def is_mud(lab: jax.Array) -> jax.Array:
  """Which colours Lab [..., 3] are of middle lightness and nearly grey, bool [...]."""
  chroma = jnp.linalg.norm(lab[..., 1:], axis=-1)
  return (chroma < MUD_CHROMA) & (lab[..., 0] > MUD_DARK) & (lab[..., 0] < MUD_LIGHT)


def _columns(sums: np.ndarray, truth: np.ndarray) -> dict[str, float]:
  return {
    'chroma_ratio': float(sums[1] / truth[1]) if truth[1] > 0 else float('nan'),
    'colorful_ratio': float(sums[3] / truth[3]) if truth[3] > 0 else float('nan'),
    'mud': float(100 * (sums[2] - truth[2]) / max(truth[0], 1)),
  }


def _sums(rgb: jax.Array, batch: Batch) -> np.ndarray:
  """Pixels, sums of their chroma, mud, of the pictures' colourfulness, and of r, g, b: [7]."""
  return np.asarray(jax.device_get(_sums_of(rgb, batch)), np.float64)


@jax.jit
def _one_color(rgb, batch):
  """The foreground in one colour, the line art elsewhere."""
  return jnp.where(colored_pixels(batch)[..., None], rgb, 0.5 + 0.5 * batch['line'])


@jax.jit
def _sums_of(rgb, batch):
  valid = batch['valid'] > 0
  seen = colored_pixels(batch) & valid[:, None, None]
  lab = color.rgb_to_lab(rgb)
  chroma = jnp.linalg.norm(lab[..., 1:], axis=-1)
  pixels = [seen, chroma * seen, is_mud(lab) & seen]
  sums = [jnp.sum(x, dtype=jnp.float32) for x in pixels]
  colors = [jnp.sum(rgb[..., i] * seen) for i in range(3)]
  return jnp.stack([*sums, jnp.sum(jnp.where(valid, colorfulness(rgb), 0)), *colors])
