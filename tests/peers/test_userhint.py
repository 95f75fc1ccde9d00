"""Atari's generator, first era (SerialLain3170 4b7dc58), as written from its layer list."""

import numpy as np
import pytest

from onepunch_jax import registry

torch = pytest.importorskip('torch')
from torch.nn import functional as F  # noqa: E402

from tests.peers.torch_layers import check, variables_of  # noqa: E402

RNG = np.random.default_rng(0)


@pytest.mark.parametrize('gate', ['sa', 'se'])
def test_generator(gate):
  def theirs(layers, line, hint, features):
    def layer(x, name, stride=1):
      y = layers.conv(x, f'{name}.conv', stride, 1)
      return F.relu(layers.batch_norm(y, f'{name}.norm'))

    skips = [layer(torch.cat([line, hint], 1), 'down_0')]
    skips.append(layer(skips[0], 'down_1', 2))
    x = torch.cat([skips[1], layer(F.avg_pool2d(hint, 2), 'hint')], 1)
    for i in (2, 3, 4):
      x = layer(x, f'down_{i}', 2)
      skips.append(x)
    features = layer(layer(features, 'features_0'), 'features_1')
    for i in range(2):
      y = layer(x, f'block_{i}')
      both = torch.cat([y, features], 1)
      both = both.mean((2, 3), keepdim=True) if gate == 'se' else both
      inner = F.relu(layers.conv(both, f'gate_{i}.squeeze'))
      x = y * torch.sigmoid(layers.conv(inner, f'gate_{i}.excite')) + x
    for i in (3, 2, 1, 0):
      x = layer(F.interpolate(x, scale_factor=2), f'up_{i}')
      x = torch.cat([x, skips[i]], 1)
    return layers.conv(x, 'last')

  def draw(*shape):
    return RNG.uniform(-1, 1, shape).astype(np.float32)

  inputs = draw(2, 32, 48, 3), draw(2, 32, 48, 3), draw(2, 2, 3, 6)
  net = registry.net(dict(name='sacat', width=4, blocks=2, gate=gate))
  check(net, variables_of(net, *inputs), inputs, theirs)
