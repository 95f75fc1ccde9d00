"""The colour classifier of Zhang, Isola and Efros (2016), as released (version 2).

Eight groups: 64, 128 and 256 at strides 2, 4, 8; 512; twice 512 of dilation 2; 512; 256 after a
transposed convolution back to a stride of 4. ReLU everywhere, a norm after each group, then 1x1
to the bins. `tail` = (4, 2) is Manga-Colouring's narrower end.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv, ConvTranspose
from onepunch_jax.nets.blocks.layers import HE, Norm, upsample_bilinear2


class ColorClassifier(nn.Module):
  """L [B, H, W, 1] in [-1, 1] -> (logits [B, H/4, W/4, bins], predicted L or None).

  With `lightness` the predicted L is [B, H, W, 1], raw: two 3x3 convolutions of the last maps,
  enlarged, and the input. H and W are multiples of 8.
  """

  bins: int = 313
  width: int = 64
  tail: Sequence[int] = (8, 4)
  lightness: bool = False
  norm: str = 'batch'
  dtype: Any = None

  @property
  def multiple(self) -> int:
    return 8

  @nn.compact
  def __call__(self, line: jax.Array, train: bool = False):
    w = self.width

    def layer(x, width, name, **kwargs):
      return nn.relu(Conv(width, kernel_init=HE, dtype=self.dtype, name=name, **kwargs)(x))

    groups = [  # width, layers, stride of the last layer, dilation
      (w, 2, 2, 1),
      (2 * w, 2, 2, 1),
      (4 * w, 3, 2, 1),
      (8 * w, 3, 1, 1),
      (8 * w, 3, 1, 2),
      (8 * w, 3, 1, 2),
      (self.tail[0] * w, 3, 1, 1),
    ]
    x = line
    for g, (width, layers, stride, dilation) in enumerate(groups, 1):
      for i in range(1, layers + 1):
        step = stride if i == layers else 1
        x = layer(x, width, f'conv{g}_{i}', dilation=dilation, stride=step)
      x = Norm(self.norm, name=f'norm{g}')(x, train)
    last = self.tail[1] * w
    x = nn.relu(ConvTranspose(last, kernel_init=HE, dtype=self.dtype, name='conv8_1')(x))
    for i in (2, 3):
      x = layer(x, last, f'conv8_{i}')
    logits = Conv(self.bins, 1, dtype=self.dtype, name='logits')(x).astype(jnp.float32)
    if not self.lightness:
      return logits, None
    y = layer(x, w, 'l_1', kernel=1)
    y = jnp.concatenate([upsample_bilinear2(upsample_bilinear2(y)), line.astype(y.dtype)], -1)
    y = layer(y, max(w // 2, 1), 'l_2')
    return logits, Conv(1, dtype=self.dtype, name='l_3')(y).astype(jnp.float32)


Model = ColorClassifier
