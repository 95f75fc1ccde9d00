"""pix2pixHD's generators, Zhang's classifier, the double-convolution U-Net: as in plain PyTorch."""

import jax
import numpy as np
import pytest

from onepunch_jax import registry

torch = pytest.importorskip('torch')
from torch.nn import functional as F  # noqa: E402

from tests.peers import measured  # noqa: E402
from tests.peers.nets_torch import Coarse, Zhang16  # noqa: E402
from tests.peers.pix2pix_torch import by_torch_name  # noqa: E402

PICTURE = np.random.default_rng(0).uniform(-1, 1, (2, 32, 48, 1)).astype(np.float32)


def to_torch(x):
  return torch.from_numpy(np.array(x)).permute(0, 3, 1, 2)


def ours(module, *inputs):
  """Outputs and parameters of a freshly initialised net, shaken so that no map is near 0."""
  variables = module.init(jax.random.key(0), *inputs, train=False)
  r = np.random.default_rng(1)
  shake = lambda p: np.float32(np.asarray(p) + r.normal(0, 0.1, p.shape))
  params = jax.tree.map(shake, variables['params'])
  rest = {k: v for k, v in variables.items() if k != 'params'}
  out = module.apply({'params': params, **rest}, *inputs, train=False)
  return out, {k: torch.from_numpy(np.array(a)) for k, a in by_torch_name(params).items()}


def same(a, b):
  b = b.permute(0, 2, 3, 1).detach().numpy()
  measured.record('output', a, b)
  np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4 * np.abs(b).max())


def test_pix2pixhd():
  section = dict(name='pix2pixhd', width=8, down=2, blocks=2)
  (raw, inner), weights = ours(registry.net(section), PICTURE)
  peer = Coarse(8, 2, 2)
  peer.load_state_dict(weights)
  theirs, their_inner = peer(to_torch(PICTURE))
  same(raw, theirs)
  same(inner, their_inner)
  large = np.random.default_rng(2).uniform(-1, 1, (2, 64, 96, 1)).astype(np.float32)
  outer = registry.net(dict(section, width=4, down=1, blocks=1, enhancer=True))
  (raw, _), weights = ours(outer, large, np.asarray(inner))
  peer = Coarse(4, 1, 1)
  peer.load_state_dict(weights)
  same(raw, peer(to_torch(large), to_torch(inner))[0])


def test_zhang16():
  (logits, _), weights = ours(registry.net(dict(name='zhang16', bins=11, width=4)), PICTURE)
  peer = Zhang16(bins=11, width=4)
  peer.load_state_dict(weights, strict=False)  # its norm's statistics are those of no step
  same(logits, peer.eval()(to_torch(PICTURE)))
  assert logits.shape == (2, 8, 12, 11)


def test_double_conv():
  net = registry.net(dict(name='double_conv', widths=(4, 8, 8), norm='instance'))
  raw, weights = ours(net, PICTURE)
  get = weights.get

  def twice(x, name):
    for i in (0, 1):
      x = F.conv2d(x, get(f'{name}.conv_{i}.weight'), padding=1)
      x = F.relu(
        F.instance_norm(x, weight=get(f'{name}.norm_{i}.weight'), bias=get(f'{name}.norm_{i}.bias'))
      )
    return x

  x, skips = to_torch(PICTURE), []
  for i in range(3):
    x = twice(F.max_pool2d(x, 2) if i else x, f'down_{i}')
    skips.append(x)
  x = skips.pop()
  for i in (1, 0):
    x = F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=False)
    x = F.conv2d(x, get(f'enlarge_{i}.weight'), get(f'enlarge_{i}.bias'), padding=1)
    x = twice(torch.cat([skips.pop(), x], 1), f'up_{i}')
  same(raw, F.conv2d(x, get('last.weight'), get('last.bias')))
