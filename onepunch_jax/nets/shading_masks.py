"""Where shadow and light fall on flat colours: a small U-Net for cel or soft shading."""

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.small_unet import small_unet

INPUTS = 8  # line, red, green, blue, line distance, light x, light y, softness
SHADOW, LIGHT = 0, 1  # channels of the result


class ShadingMasks(nn.Module):
  """Inputs [B, H, W, INPUTS] -> logits [B, H, W, 2] of SHADOW and LIGHT.

  Line and colours are in [-1, 1], the line distance over its cap in [0, 1]. The light is the unit
  vector towards it, x to the right and y down; softness is 0 for cel shading, 1 for soft. H and W
  are multiples of 2 ** len(widths); widths and blocks are those of `small_unet`.
  """

  widths: tuple[int, ...] = (16, 32, 48, 64)
  blocks: tuple[int, ...] = (1, 1, 1, 2)

  @nn.compact
  def __call__(self, inputs: jax.Array, train: bool = False) -> jax.Array:
    line, rest = inputs[..., :1], inputs[..., 1:]
    return small_unet(jnp.concatenate([1 - line, rest], -1), self.widths, self.blocks, 2)


Model = ShadingMasks
