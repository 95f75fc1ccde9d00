"""What a generator answers in: 'rgb'; 'lab', lightness predicted too; 'ab', lightness the page's.

All in [-1, 1]: sRGB as 2 x - 1, Lab as L / 50 - 1 and ab / 110.  'ab' is for grey pages, whose
own L is kept; line art has none to keep.
"""

import jax
import jax.numpy as jnp

from onepunch_jax.ops import color

Array = jax.Array
CHANNELS = {'rgb': 3, 'lab': 3, 'ab': 2}


def check(space: str) -> None:
  """Raises a ValueError, listing the spaces, for any other name."""
  if space not in CHANNELS:
    raise ValueError(f'A generator answers in {sorted(CHANNELS)}, not in {space!r}.')


def target(rgb: Array, space: str) -> Array:
  """The right answer to colours [B, H, W, 3] in [-1, 1] -> [B, H, W, 2 or 3]."""
  if space == 'rgb':
    return rgb
  lab = color.lab_to_unit(color.rgb_to_lab(0.5 + 0.5 * rgb))
  return lab if space == 'lab' else lab[..., 1:]


def whole(answer: Array, line: Array, space: str) -> Array:
  """An answer as a picture of three channels, [B, H, W, 3]: 'ab' gets the L of its page."""
  return jnp.concatenate([lightness(line), answer], -1) if space == 'ab' else answer


def to_rgb(answer: Array, line: Array, space: str) -> Array:
  """An answer to a page [B, H, W, 1] -> sRGB [B, H, W, 3] in [0, 1]."""
  if space == 'rgb':
    return 0.5 + 0.5 * answer
  return color.lab_to_rgb(color.unit_to_lab(whole(answer, line, space)))


def lightness(line: Array) -> Array:
  """A grey page [B, H, W, 1] in [-1, 1] -> its L in [-1, 1]."""
  grey = jnp.repeat(0.5 + 0.5 * line, 3, -1)
  return color.lab_to_unit(color.rgb_to_lab(grey))[..., :1]
