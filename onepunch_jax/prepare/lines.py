"""Extracts line art from the colours, each sample in a random style.

A net so never learns the fingerprint of one extractor. data_prep uses the same functions.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.ops.blur import gaussian, window
from onepunch_jax.ops.line_extraction import STYLES, grey
from onepunch_jax.prepare import PrepareStep, line_noise

Array = jax.Array


def make(
  *,
  styles: Sequence[str] = tuple(STYLES),
  noise: float = 0.0,
  augment: Sequence[str] = tuple(line_noise.AUGMENTS),
  keep: float = 0.0,
) -> PrepareStep:
  """Makes a step that writes batch['line'], float [B, H, W, 1] in [-1, 1], from batch['rgb'].

  Args:
    styles: names from `STYLES`; each sample gets one of them.
    noise: probability of each augmentation of `augment`, per sample (`line_noise`).
    augment: names of augmentations.
    keep: probability that a sample keeps the line art of the data (for data that has some).

  Raises:
    ValueError: an unknown style or none, or a probability outside [0, 1].
  """
  if not styles or set(styles) - set(STYLES):
    raise ValueError(f'styles are one or more of {list(STYLES)}; got {list(styles)}')
  if not 0 <= keep <= 1:
    raise ValueError(f'keep is a probability; got {keep}')
  disturb = line_noise.make(probability=noise, augment=augment)

  def lines(batch, key, step):
    draw_key, keep_key, noise_key = (jax.random.fold_in(key, i) for i in range(3))
    line = extract(batch['rgb'] / 2 + 0.5, draw_key, styles)
    if 'mask' in batch:  # no frame around a letter-boxed image
      line = jnp.where(_inside(batch['mask']), line, 1.0)
    line = line * 2 - 1
    if keep:
      if 'line' not in batch:
        raise ValueError(
          f'keep is for data that has line art; this batch has {sorted(batch)}: set keep=0'
        )
      kept = jax.random.bernoulli(keep_key, keep, (line.shape[0], 1, 1, 1))
      line = jnp.where(kept, batch['line'], line)
    return disturb({**batch, 'line': line}, noise_key, step)

  return lines


def extract(rgb: Array, key: Array, styles: Sequence[str]) -> Array:
  """Extracts line art, each sample in a random style with random widths.

  Args:
    rgb: sRGB [B, H, W, 1 or 3] in [0, 1].
    key: a PRNG key.
    styles: names from `STYLES`.

  Returns:
    [B, H, W, 1] in [0, 1]; 0 is ink.
  """
  count = rgb.shape[0]
  pick, vary = jax.random.split(key)
  which = jax.random.randint(pick, (count,), 0, len(styles))
  u = jax.random.uniform(vary, (len(styles), 3, count))  # one call: each costs compile time
  widths = [STYLES[s].widths(u[i]) for i, s in enumerate(styles)]
  fine, wide = (jnp.stack(w)[which, jnp.arange(count)] for w in zip(*widths))
  return _draw(grey(rgb), fine, wide, which, styles)


def draw(rgb: Array, style: str, fine: Array | float, wide: Array | float) -> Array:
  """Extracts line art in one style with fixed widths.

  Args:
    rgb: sRGB [B, H, W, 1 or 3] in [0, 1].
    style: a name from `STYLES`.
    fine, wide: sigmas of the two blurs in pixels, scalars or [B].

  Returns:
    [B, H, W, 1] in [0, 1]; 0 is ink.
  """
  count = rgb.shape[0]
  return _draw(
    grey(rgb),
    jnp.broadcast_to(fine, (count,)),
    jnp.broadcast_to(wide, (count,)),
    jnp.zeros(count, int),
    (style,),
  )


def _draw(image: Array, fine: Array, wide: Array, which: Array, styles: Sequence[str]) -> Array:
  """Draws each sample of grey images in the style whose index is `which` [B]."""
  fine, wide = gaussian(image, fine), gaussian(image, wide)
  line = jnp.ones_like(image)
  for i, style in enumerate(styles):
    extracted = STYLES[style].draw(image, fine, wide)
    line = jnp.where((which == i)[:, None, None, None], extracted, line)
  return line


def _inside(mask: Array) -> Array:
  """The mask of the image, two pixels smaller on all sides."""
  return window((mask > 0).astype(jnp.float32), jax.lax.min, 2) > 0
