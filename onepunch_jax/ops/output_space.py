"""The colour space of a generator's output: 'rgb', 'lab', or 'ab' with the lightness of the input.

All channels are in [-1, 1]: sRGB as 2 x - 1, Lab as L / 50 - 1 and ab / 110. 'ab' is for grey
pages, whose own L is kept; line art has no lightness to keep.
"""

from typing import Literal

import jax
import jax.numpy as jnp

from onepunch_jax.ops import color

Array = jax.Array
Space = Literal['rgb', 'lab', 'ab']
CHANNELS = {'rgb': 3, 'lab': 3, 'ab': 2}


def check(space: str) -> None:
  """Raises a ValueError that lists the spaces when `space` is none of them."""
  if space not in CHANNELS:
    raise ValueError(f'The output space is one of {sorted(CHANNELS)}, not {space!r}.')


def target(rgb: Array, space: str) -> Array:
  """Converts true colours [B, H, W, 3] in [-1, 1] to an output space: [B, H, W, 2 or 3]."""
  if space == 'rgb':
    return rgb
  lab = color.lab_to_unit(color.rgb_to_lab(color.from_unit(rgb)))
  return lab if space == 'lab' else lab[..., 1:]


def whole(prediction: Array, line: Array, space: str) -> Array:
  """Completes a prediction to three channels [B, H, W, 3]: 'ab' gets the L of its input."""
  return jnp.concatenate([lightness(line), prediction], -1) if space == 'ab' else prediction


def to_rgb(prediction: Array, line: Array, space: str) -> Array:
  """Converts a prediction to sRGB.

  Args:
    prediction: [B, H, W, 2 or 3] in [-1, 1].
    line: the input, [B, H, W, 1] in [-1, 1].
    space: the space that the prediction is in.

  Returns:
    [B, H, W, 3] in [0, 1].
  """
  if space == 'rgb':
    return color.from_unit(prediction)
  return color.lab_to_rgb(color.unit_to_lab(whole(prediction, line, space)))


def lightness(line: Array) -> Array:
  """The L of grey pages, [B, H, W, 1] in [-1, 1] -> same."""
  grey = jnp.repeat(color.from_unit(line), 3, -1)
  return color.lab_to_unit(color.rgb_to_lab(grey))[..., :1]
