"""Tag2Pix's generator and discriminator, the SE-ResNeXt: as written in plain PyTorch."""

import jax
import numpy as np
import pytest

from onepunch_jax import registry

torch = pytest.importorskip('torch')
from torch.nn import functional as F  # noqa: E402

from tests.peers import measured  # noqa: E402
from tests.peers.pix2pix_torch import by_torch_name  # noqa: E402
from tests.peers.test_nets import same, to_torch  # noqa: E402

RNG = np.random.default_rng(0)


def jitted(module, *inputs):
  """Outputs and parameters, by their torch names, of a fresh net, shaken."""
  shapes = jax.eval_shape(lambda: module.init(jax.random.key(0), *inputs, train=False))
  shake = lambda p: RNG.normal(0, 0.1, p.shape).astype(np.float32)
  params = jax.tree.map(shake, shapes['params'])
  out = jax.jit(lambda p: module.apply({'params': p}, *inputs, train=False))(params)
  return out, {k: torch.from_numpy(a) for k, a in by_torch_name(params).items()}


def leaky(x):
  return F.leaky_relu(x, 0.2)


def layers(params, prefix=''):
  """conv(x, name, stride, groups) and dense(x, name), on parameters by their torch names."""

  def conv(x, name, stride=1, groups=1):
    w = params[f'{prefix}{name}.weight']
    return F.conv2d(x, w, params[f'{prefix}{name}.bias'], stride, w.shape[-1] // 2, groups=groups)

  dense = lambda x, name: x @ params[f'{prefix}{name}.weight'] + params[f'{prefix}{name}.bias']
  return conv, dense


def bare(params, x, name, stride=1, groups=1):
  """A convolution without bias."""
  w = params[f'{name}.weight']
  return F.conv2d(x, w, None, stride, w.shape[-1] // 2, groups=groups)


def block(params, name, x, code, groups):
  """ResNeXt without norm; its gate sees the means and, in SECat, the code."""
  y = F.relu(bare(params, F.relu(bare(params, x, f'{name}.reduce')), f'{name}.grouped', 1, groups))
  y = bare(params, y, f'{name}.expand')
  means = torch.cat([y.mean((2, 3)), code], 1)
  gate = F.relu(means @ params[f'{name}.gate.squeeze.weight'])
  y = y * torch.sigmoid(gate @ params[f'{name}.gate.excite.weight'])[:, :, None, None]
  short = f'{name}.shortcut'
  return F.relu((bare(params, x, short) if f'{short}.weight' in params else x) + y)


def generator(params, line, tags, features, blocks, side):
  conv, dense = layers(params)
  code = tags
  for i in range(4):
    code = dense(code, f'code.fc_{i}')
  x, skips = line, []
  for i in range(5):
    x = leaky(conv(leaky(conv(x, f'down_{i}_0', 2 if i else 1)), f'down_{i}_1'))
    skips.append(x)
  for i in range(3):
    features = F.relu(bare(params, features, f'feature_{i}', 1 if i else 2))
  maps = dense(tags, 'places').reshape(len(tags), side, side, -1).permute(0, 3, 1, 2)
  for i in range(3):
    maps = conv(maps, f'tags_{i}')
    maps = leaky(maps) if i < 2 else torch.tanh(maps)
  x = torch.cat([skips.pop(), features, maps], 1)
  for g, count in enumerate(blocks):
    for i in range(count):
      x = block(params, f'block_{g}_{i}', x, code, 2)
    x = F.pixel_shuffle(x, 2)
    if g == 0:
      guide = x
    x = torch.cat([x, skips.pop()], 1)
  for i in range(3):
    guide = leaky(
      F.conv_transpose2d(guide, params[f'guide_{i}.weight'], params[f'guide_{i}.bias'], 2, 1, 1)
    )
  return conv(leaky(conv(x, 'head')), 'last'), conv(guide, 'guide_last')


def discriminator(params, x, groups):
  conv, dense = layers(params)
  none = torch.zeros(len(x), 0)
  x = leaky(conv(x, 'first'))
  x = leaky(F.conv2d(x, params['half.weight'], params['half.bias'], 2))
  for g in range(4):
    x = block(params, f'block_{g}_0', x, none, groups)
    x = leaky(conv(x, f'down_{g}', 2 if x.shape[-1] > 2 else 1))
  x = block(params, 'block_4_0', x, none, groups).mean((2, 3))
  return dense(x, 'real'), dense(x, 'tags')


def test_tag2pix_generator():
  draw = lambda *shape: RNG.uniform(-1, 1, shape).astype(np.float32)
  line, features = draw(2, 32, 32, 1), draw(2, 4, 4, 6)
  tags = RNG.integers(0, 2, (2, 5)).astype(np.float32)
  net = registry.net(
    dict(
      name='tag2pix',
      width=8,
      blocks=(2, 1, 0, 0),
      cardinality=2,
      code=3,
      reduction=4,
      places=2,
      norm='none',
    )
  )
  found, params = jitted(net, line, tags, features)
  want = generator(
    params, to_torch(line), torch.from_numpy(tags), to_torch(features), (2, 1, 0, 0), 2
  )
  for a, b in zip(found, want):
    same(a, b)


def test_tag2pix_discriminator():
  picture = RNG.uniform(-1, 1, (2, 32, 32, 3)).astype(np.float32)
  net = registry.net(
    dict(name='tag_disc', classes=5, width=8, blocks=(1, 1), cardinality=2, norm='none')
  )
  found, params = jitted(net, picture)
  for a, b in zip((*found.logits, found.tags), discriminator(params, to_torch(picture), 2)):
    measured.record('output', a, b.detach().numpy())
    np.testing.assert_allclose(a, b.detach().numpy(), rtol=1e-3, atol=1e-4 * b.abs().max().item())


def test_se_resnext():
  picture = RNG.uniform(-1, 1, (2, 32, 32, 3)).astype(np.float32)
  net = registry.net(
    dict(name='resnet', stages=(1, 1), width=4, cardinality=4, se=True, norm='none')
  )
  (_, taps), params = jitted(net, picture)
  x = taps[1]  # what the second stage starts from
  weight = lambda name: params[f'layer2_0.{name}.weight']
  y = F.relu(F.conv2d(to_torch(x), weight('conv1')))
  assert weight('conv2').shape == (16, 4, 3, 3)
  y = F.conv2d(F.relu(F.conv2d(y, weight('conv2'), None, 2, 1, groups=4)), weight('conv3'))
  conv, _ = layers(params, 'layer2_0.se.')
  y = y * torch.sigmoid(conv(F.relu(conv(y.mean((2, 3), keepdim=True), 'squeeze')), 'excite'))
  same(taps[2], F.relu(F.conv2d(to_torch(x), weight('conv0'), None, 2) + y))
