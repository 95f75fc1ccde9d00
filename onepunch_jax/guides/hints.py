"""Colour hints: the format of batch['hint'], [B, H, W, 4] float32, and what is done with it.

The colour is in [-1, 1] where the mask, the last channel, is 1; all channels are 0 elsewhere. The
samplers (prepare/points, prepare/strokes, prepare/patches) and pages/hints write this format, and a
method chooses with `encode` how its net sees it.
"""

from collections.abc import Mapping

import jax
import jax.numpy as jnp

Array = jax.Array
ENCODINGS = {'line': 3, 'white': 4, 'zero': 4}  # -> channels
MIN_LIGHTNESS = 0.35  # ink is divided out of colours as if line art were at least as light as this


def of(batch: Mapping[str, Array]) -> Array:
  """The hint of a batch with 'line' [B, H, W, 1]; an empty one where the batch has none."""
  if 'hint' in batch:
    return batch['hint']
  return jnp.zeros((*batch['line'].shape[:3], 4))


def check(encoding: str) -> None:
  """Raises a ValueError that lists the encodings when `encoding` is none of them."""
  if encoding not in ENCODINGS:
    raise ValueError(f'The encoding of hints is one of {sorted(ENCODINGS)}, not {encoding!r}.')


def encode(hint: Array, line: Array, encoding: str) -> Array:
  """Encodes a hint as input of a net, [B, H, W, 3 or 4] in [-1, 1].

  Args:
    hint: [B, H, W, 4]; its mask may be anything in [0, 1] (guides/geodesic.dense_hint).
    line: [B, H, W, 1] line art in [-1, 1].
    encoding: 'line' pastes the colours on a copy of the line art and has no mask (atari); 'white'
      has white where there is no hint, and the mask (atari, second version); 'zero' has zeros
      there, and the mask (Zhang 2017, AlacGAN).
  """
  color, mask = hint[..., :3], hint[..., 3:]
  if encoding == 'zero':
    return hint
  background = line if encoding == 'line' else jnp.ones_like(line)
  pasted = mask * color + (1 - mask) * background
  return pasted if encoding == 'line' else jnp.concatenate([pasted, mask], -1)


def paste(hint: Array, mask: Array, color: Array) -> Array:
  """Adds hints on top of others: mask bool [B, H, W, 1], color [B, H, W, 3] -> [B, H, W, 4]."""
  new = jnp.concatenate([color, jnp.ones_like(color[..., :1])], -1)
  return jnp.where(mask, new, hint)


def cleaned(color: Array, lightness: Array) -> Array:
  """Divides the ink out of colours that were taken together with it.

  Args:
    color: [..., 3] in [-1, 1].
    lightness: [..., 1] in [0, 1], of the line art that the colours were taken on.

  Returns:
    Colours [..., 3] in [-1, 1].
  """
  return 2 * jnp.minimum((0.5 + 0.5 * color) / jnp.maximum(lightness, MIN_LIGHTNESS), 1) - 1


def under(color: Array, line: Array) -> Array:
  """Multiplies colours [B, H, W, 3] by the line art [B, H, W, 1] over them, all in [-1, 1]."""
  return (1 + color) * (0.5 + 0.5 * line) - 1


def shrink(hint: Array, ratio: int) -> Array:
  """Reduces a hint to 1 / ratio of its size: the mean over the hinted pixels of each square.

  Args:
    hint: [B, H, W, C], the mask last; the other channels, however many, are 0 where the mask is.
    ratio: side of the squares in pixels, a divisor of H and W.

  Returns:
    [B, H / ratio, W / ratio, C]; the mask is 1 where any pixel of the square is hinted.
  """
  b, h, w, c = hint.shape
  total = hint.reshape(b, h // ratio, ratio, w // ratio, ratio, c).sum((2, 4))
  count = total[..., -1:]
  return jnp.concatenate([total[..., :-1] / jnp.maximum(count, 1), jnp.minimum(count, 1)], -1)
