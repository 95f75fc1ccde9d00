"""AlacGAN's generator as written in plain PyTorch from its layer list."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax import registry

torch = pytest.importorskip('torch')
from torch.nn import functional as F  # noqa: E402

from tests.peers.pix2pix_torch import by_torch_name  # noqa: E402
from tests.peers.test_nets import same, to_torch  # noqa: E402
from tests.peers.torch_layers import check, variables_of  # noqa: E402

RNG = np.random.default_rng(0)


def leaky(x):
  return F.leaky_relu(x, 0.2)


class Torch:
  """Convolutions on parameters by their torch names."""

  def __init__(self, params):
    self.params = {k: torch.from_numpy(a) for k, a in by_torch_name(params).items()}

  def conv(self, x, name, stride=1, padding=None, dilation=1, groups=1):
    w = self.params[f'{name}.weight']
    padding = w.shape[-1] // 2 if padding is None else padding
    bias = self.params.get(f'{name}.bias')
    return F.conv2d(x, w, bias, stride, padding, dilation, groups)

  def block(self, x, name, groups, dilation=1, stride=1):
    """x + expand(leaky(grouped(leaky(reduce(x)))))."""
    y = leaky(self.conv(x, f'{name}.reduce'))
    y = self.conv(y, f'{name}.grouped', stride, dilation, dilation, groups)
    y = self.conv(leaky(y), f'{name}.expand')
    return (F.avg_pool2d(x, 2) if stride > 1 else x) + y


def generator(net, line, hint, features, tunnels, groups):
  hint = leaky(net.conv(hint, 'hint'))
  x0 = leaky(net.conv(line, 'down_0'))
  x1 = leaky(net.conv(x0, 'down_1', 2, 1))
  x2 = leaky(net.conv(x1, 'down_2', 2, 1))
  x3 = leaky(net.conv(torch.cat([x2, hint], 1), 'down_3', 2, 1))
  x = torch.cat([leaky(net.conv(x3, 'down_4', 2, 1)), features], 1)
  long = (1, 1, 2, 2, 4, 4, 2, 1)
  dilations = {4: (1,) * tunnels[0], 3: long, 2: long, 1: (1, 2, 4, 2, 1)}
  for level, count, skip in zip((4, 3, 2, 1), tunnels, (x3, x2, x1, x0)):
    x = leaky(net.conv(x, f'tunnel_{level}'))
    for n in range(count):
      of = groups if level > 1 else groups // 2
      x = net.block(x, f'block_{level}_{n}', of, dilations[level][n])
    x = leaky(F.pixel_shuffle(net.conv(x, f'enlarge_{level}'), 2))
    x = torch.cat([x, skip], 1)
  return net.conv(x, 'last')


def test_generator():
  def draw(*shape):
    return RNG.uniform(-1, 1, shape).astype(np.float32)

  inputs = draw(2, 32, 32, 1), draw(2, 8, 8, 4), draw(2, 2, 2, 6)
  net = registry.net(dict(name='alacgan', width=8, tunnels=(2, 3, 4, 5), cardinality=4))
  params = net.init(jax.random.key(0), *map(jnp.asarray, inputs))['params']
  params = jax.tree.map(lambda p: RNG.normal(0, 0.1, p.shape).astype(np.float32), params)
  found = jax.jit(net.apply)({'params': params}, *inputs)
  same(found, generator(Torch(params), *map(to_torch, inputs), (2, 3, 4, 5), 4))


def test_critic():
  """With the pairs of its released code, at a size that leaves the last 4x4 some places."""

  def theirs(layers, x, features):
    def block(x, name, stride=1):
      y = leaky(layers.conv(x, f'{name}.reduce'))
      y = F.conv2d(y, layers.params[f'{name}.grouped.weight'], None, stride, 1, 1, 2)
      y = layers.conv(leaky(y), f'{name}.expand')
      return (F.avg_pool2d(x, 2) if stride > 1 else x) + y

    def pair(x, name):
      return block(block(x, f'{name}_same'), f'{name}_half', 2)

    x = leaky(layers.conv(leaky(layers.conv(x, 'first')), 'half', 2, 1))
    for i in range(3):
      x = pair(x, f'low_{i}')
      x = leaky(layers.conv(x, f'widen_{i}')) if i < 2 else x
    x = leaky(layers.conv(torch.cat([x, features], 1), 'joined'))
    x = block(pair(x, 'high_0'), 'last_block')
    x = leaky(layers.conv(x, 'last', 1, 0))
    return layers.dense(x.mean((2, 3)), 'logits')

  def draw(*shape):
    return RNG.uniform(-1, 1, shape).astype(np.float32)

  inputs = draw(2, 160, 128, 3), draw(2, 10, 8, 5)
  net = registry.net(dict(name='alac_disc', width=4, cardinality=2, pairs=1))
  check(net, variables_of(net, *inputs), inputs, theirs, lambda out: out.logits[0])
