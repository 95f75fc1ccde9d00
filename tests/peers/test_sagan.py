"""colorizing_things' nets (Afanc 05a98f0) as written in PyTorch from their layer lists."""

import numpy as np
import pytest

from onepunch_jax import registry

torch = pytest.importorskip('torch')
from torch.nn import functional as F  # noqa: E402

from tests.peers.torch_layers import check, variables_of  # noqa: E402

RNG = np.random.default_rng(0)


def draw(*shape):
  return RNG.uniform(-1, 1, shape).astype(np.float32)


def attention(layers, x):
  """x + gamma * softmax(q k) v, all 1x1 with spectral norm, nothing pooled."""
  q, k, v = (layers.conv(x, f'attention.{n}').flatten(2) for n in ('query', 'key', 'value'))
  weights = torch.softmax(q.transpose(1, 2) @ k, -1)
  return layers.params['attention.gamma'] * (v @ weights.transpose(1, 2)).view_as(x) + x


def test_generator():
  convs = (1, 2, 1)

  def theirs(layers, x):
    def layer(x, name, conv=layers.conv):
      return F.relu(layers.batch_norm(conv(x, name), f'norm_{name}'))

    x, skips = layer(layer(x, 'first_0'), 'first_1'), []
    for i, count in enumerate(convs):
      for j in range(count):
        x = layer(x, f'conv_{i}_{j}')
      if i < len(convs) - 1:
        x = F.max_pool2d(x, 2)
        skips.append(x)
    for i in reversed(range(len(skips) - 1)):
      x = layer(layer(x, f'up_{i}_conv'), f'up_{i}', layers.transposed)
      x = torch.cat([skips[i], x], 1)
    return layers.transposed(attention(layers, layer(x, 'head')), 'out')

  net, inputs = registry.net(dict(name='sagan_unet', width=8, convs=convs)), (draw(2, 16, 24, 1),)
  check(net, variables_of(net, *inputs), inputs, theirs)


def test_discriminator():
  """Its last convolution has no spectral norm."""

  def theirs(layers, x):
    for i in range(3):
      x = F.leaky_relu(layers.conv(x, f'conv_{i}', 2, 1), 0.1)
    return layers.conv(attention(layers, x), 'logits', 1, 0)

  net, inputs = registry.net(dict(name='sa_disc', width=8, layers=3)), (draw(2, 32, 40, 3),)
  check(net, variables_of(net, *inputs), inputs, theirs, lambda out: out.logits[0])
