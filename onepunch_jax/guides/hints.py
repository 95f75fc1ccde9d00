"""A person's colours as a net reads them: batch['hint'], [B, H, W, 4] float32.

Colour in [-1, 1] where the mask, the last channel, is 1; all zero elsewhere.  Samplers
(prepare/points, prepare/strokes, prepare/patches) and pages (pages/hints) write it in this form;
a method that reads it says with `encode` how its net sees it.
"""

from collections.abc import Mapping

import jax
import jax.numpy as jnp

Array = jax.Array
ENCODINGS = {'line': 3, 'white': 4, 'zero': 4}  # -> channels
LIGHTEST = 0.35  # ink is divided out of colours on line art that is at least so light


def of(batch: Mapping) -> Array:
  """The hint of a batch; where it has none, a hint that says nothing."""
  if 'hint' in batch:
    return batch['hint']
  return jnp.zeros((*batch['line'].shape[:3], 4))


def check(encoding: str) -> None:
  """Raises a ValueError, listing the encodings, for any other name."""
  if encoding not in ENCODINGS:
    raise ValueError(f'Hints are shown as one of {sorted(ENCODINGS)}, not as {encoding!r}.')


def encode(hint: Array, line: Array, encoding: str) -> Array:
  """A hint as a net's input, [B, H, W, 3 or 4] in [-1, 1].

  Args:
    hint: [B, H, W, 4]; its mask may be anything in [0, 1] (prepare/propagate.over_lines).
    line: [B, H, W, 1] line art in [-1, 1].
    encoding: 'line', colours pasted on a copy of the line art (atari: no mask); 'white', white
      where there is none, and the mask (atari, second version); 'zero', zeros and the mask (Zhang
      2017, AlacGAN).
  """
  color, mask = hint[..., :3], hint[..., 3:]
  if encoding == 'zero':
    return hint
  ground = line if encoding == 'line' else jnp.ones_like(line)
  shown = mask * color + (1 - mask) * ground
  return shown if encoding == 'line' else jnp.concatenate([shown, mask], -1)


def paste(hint: Array, mask: Array, color: Array) -> Array:
  """A hint with more of it on top: mask bool [B, H, W, 1], color [B, H, W, 3] -> [B, H, W, 4]."""
  new = jnp.concatenate([color, jnp.ones_like(color[..., :1])], -1)
  return jnp.where(mask, new, hint)


def cleaned(color: Array, light: Array) -> Array:
  """Colours without the ink they were taken with, on line art so light, [B, H, W, 1] in [0, 1]."""
  return 2 * jnp.minimum((0.5 + 0.5 * color) / jnp.maximum(light, LIGHTEST), 1) - 1


def under(color: Array, line: Array) -> Array:
  """Colours [B, H, W, 3] under line art [B, H, W, 1]."""
  return (1 + color) * (0.5 + 0.5 * line) - 1


def shrink(hint: Array, ratio: int) -> Array:
  """A hint at 1 / ratio of the size: the mean over what is hinted of each square of pixels.

  Of any number of channels, the mask last, all others 0 where it is.
  """
  b, h, w, c = hint.shape
  total = hint.reshape(b, h // ratio, ratio, w // ratio, ratio, c).sum((2, 4))
  count = total[..., -1:]
  return jnp.concatenate([total[..., :-1] / jnp.maximum(count, 1), jnp.minimum(count, 1)], -1)
