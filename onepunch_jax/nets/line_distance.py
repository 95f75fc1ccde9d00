"""How far the lines are, as their artist meant them: a small U-Net that closes gaps in line art.

The target is `regions.distance.line_distance`.
"""

import flax.linen as nn
import jax

from onepunch_jax.nets.blocks.small_unet import small_unet


class LineDistanceNet(nn.Module):
  """Line art [B, H, W, 1] in [-1, 1] -> distances [B, H, W, 1] in [0, cap] px.

  H and W are multiples of 2 ** len(widths). The widths are those of the features at strides 2, 4,
  8 and so on; `blocks` are the residual blocks at each on the way down.
  """

  widths: tuple[int, ...] = (16, 32, 48, 64)
  blocks: tuple[int, ...] = (1, 1, 1, 2)
  cap: float = 10.0

  @property
  def multiple(self) -> int:
    """The sides of a picture are multiples of this."""
    return 2 ** len(self.widths)

  @nn.compact
  def __call__(self, line: jax.Array, train: bool = False) -> jax.Array:
    x = small_unet(1 - line, self.widths, self.blocks, 1)
    return self.cap * nn.sigmoid(x)


Model = LineDistanceNet
