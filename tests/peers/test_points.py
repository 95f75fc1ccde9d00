"""The net of Zhang et al. 2017 (colorization-pytorch 66a1cb2) as written from its layer list."""

import numpy as np
import pytest

from onepunch_jax import registry

torch = pytest.importorskip('torch')
from torch.nn import functional as F  # noqa: E402

from tests.peers.torch_layers import check, variables_of  # noqa: E402

LAYERS = {1: 2, 2: 2, 3: 3, 4: 3, 5: 3, 6: 3, 7: 3, 8: 2, 9: 1}  # group: its 3x3 after the first


@pytest.mark.parametrize('part', [0, 1])
def test_colours_and_classes(part):
  """With all gradients: of the classes too, as in the phase that trains them."""

  def theirs(layers, x):
    groups = {}

    def group(x, g, dilation=1):
      for i in range(1, LAYERS[g] + 1):
        x = F.relu(layers.conv(x, f'conv{g}_{i}', dilation=dilation))
      groups[g] = layers.batch_norm(x, f'norm{g}')
      return groups[g]

    def up(x, g, short):
      return F.relu(layers.transposed(x, f'up{g}') + layers.conv(groups[short], f'short{g}'))

    x = group(x, 1)
    for g in (2, 3, 4):
      x = group(x[:, :, ::2, ::2], g)
    x = group(group(group(x, 5, 2), 6, 2), 7)
    x = group(up(x, 8, 3), 8)
    logits = layers.conv(x, 'logits')
    x = F.leaky_relu(layers.conv(up(group(up(x, 9, 2), 9), 10, 1), 'conv10_1'), 0.2)
    # parameters of the other half have no part in this one: their gradients are 0
    both = layers.conv(x, 'answer'), logits
    return both[part] + 0 * both[1 - part].sum()

  x = np.random.default_rng(0).uniform(-1, 1, (2, 16, 24, 4)).astype(np.float32)
  net = registry.net(dict(name='points', width=4, bins=7))
  check(net, variables_of(net, x), (x,), theirs, lambda out: out[part])
