"""Line art from the colour picture: each sample in a style drawn at random.

So a net never learns one extractor's fingerprint. Used inside the training step and, the same
function, by data_prep.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.ops.blur import gaussian, window
from onepunch_jax.ops.line_extraction import STYLES, grey
from onepunch_jax.prepare import line_noise


def make(
  *,
  styles: Sequence[str] = tuple(STYLES),
  noise: float = 0.0,
  augment: Sequence[str] = tuple(line_noise.AUGMENTS),
  keep: float = 0.0,
) -> Callable:
  """A prepare step that writes batch['line'], float [B, H, W, 1] in [-1, 1], from batch['rgb'].

  Args:
    styles: names from `STYLES`; each sample gets one of them.
    noise: probability of each augmentation of `augment`, per sample (`line_noise`).
    augment: which augmentations there are.
    keep: probability that a sample keeps the line art it came with (data that has some).

  Raises:
    ValueError: for an unknown or no style, or a share outside [0, 1].
  """
  if not styles or set(styles) - set(STYLES):
    raise ValueError(f'styles are one or more of {list(STYLES)}; got {list(styles)}')
  if not 0 <= keep <= 1:
    raise ValueError(f'keep is a probability; got {keep}')
  disturb = line_noise.make(probability=noise, augment=augment)

  def lines(batch, key, step):
    draw_key, keep_key, noise_key = (jax.random.fold_in(key, i) for i in range(3))
    line = extract(batch['rgb'] / 2 + 0.5, draw_key, styles)
    if 'mask' in batch:  # no frame round a letter-boxed picture
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


def extract(rgb, key, styles: Sequence[str]):
  """sRGB [B, H, W, 1 or 3] in [0, 1] -> lines [B, H, W, 1] in [0, 1], a random style each."""
  count = rgb.shape[0]
  pick, vary = jax.random.split(key)
  which = jax.random.randint(pick, (count,), 0, len(styles))
  u = jax.random.uniform(vary, (len(styles), 3, count))  # one call: each costs compile time
  widths = [STYLES[s].widths(u[i]) for i, s in enumerate(styles)]
  fine, wide = (jnp.stack(w)[which, jnp.arange(count)] for w in zip(*widths))
  return _draw(grey(rgb), fine, wide, which, styles)


def draw(rgb, style: str, fine, wide):
  """One style by name with given widths: sRGB [B, H, W, 1 or 3] in [0, 1] -> lines [B, H, W, 1].

  Args:
    fine, wide: sigmas in pixels, scalars or [B].
  """
  count = rgb.shape[0]
  return _draw(
    grey(rgb),
    jnp.broadcast_to(fine, (count,)),
    jnp.broadcast_to(wide, (count,)),
    jnp.zeros(count, int),
    (style,),
  )


def _draw(picture, fine, wide, which, styles):
  fine, wide = gaussian(picture, fine), gaussian(picture, wide)
  line = jnp.ones_like(picture)
  for i, style in enumerate(styles):
    drawn = STYLES[style].draw(picture, fine, wide)
    line = jnp.where((which == i)[:, None, None, None], drawn, line)
  return line


def _inside(mask):
  """The mask of the picture, two pixels smaller all round."""
  return window((mask > 0).astype(jnp.float32), jax.lax.min, 2) > 0
