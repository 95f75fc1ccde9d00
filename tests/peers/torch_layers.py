"""Layers in PyTorch on parameters by the names of ours, for the layer lists of originals."""

import jax
import numpy as np
import torch
from torch.nn import functional as F

from tests.peers import measured
from tests.peers.pix2pix_torch import by_torch_name


class Layers:
  """Convolutions, transposed ones and batch norms (inference) by name, with gradients.

  Args:
    variables: of our net, {'params', 'batch_stats', 'spectral'}.
  """

  def __init__(self, variables):
    self.params = {
      name: torch.tensor(a, requires_grad=True)
      for name, a in by_torch_name(variables['params']).items()
    }
    rest = {k: v for k, v in variables.items() if k != 'params'}
    self.stats = {
      name: torch.tensor(a)
      for collection in rest.values()
      for name, a in by_torch_name(collection).items()
    }

  def conv(self, x, name, stride=1, padding=None, dilation=1):
    w = self._weight(name, (2, 3, 1, 0))
    padding = dilation * (w.shape[-1] // 2) if padding is None else padding
    return F.conv2d(x, w, self.params.get(f'{name}.bias'), stride, padding, dilation)

  def transposed(self, x, name):
    w = self._weight(name, (2, 3, 0, 1))
    return F.conv_transpose2d(x, w, self.params.get(f'{name}.bias'), 2, 1)

  def dense(self, x, name):
    return x @ self.params[f'{name}.weight'] + self.params[f'{name}.bias']

  def batch_norm(self, x, name):
    mean, var = (self.stats[f'{name}.{kind}'] for kind in ('mean', 'var'))
    return F.batch_norm(x, mean, var, self.params[f'{name}.weight'], self.params[f'{name}.bias'])

  def _weight(self, name, order):
    """The kernel; over its largest singular value where it has a vector of spectral norm."""
    w, u = self.params[f'{name}.weight'], self.stats.get(f'{name}.u')
    if u is None:
      return w
    m = w.permute(order).reshape(-1, u.shape[0])
    v = F.normalize(m.detach() @ u, dim=0)
    return w / (v @ m @ u)


def variables_of(net, *inputs):
  """Variables of a net: parameters and statistics random, so that no part is idle."""
  variables = net.init(jax.random.key(0), *inputs, train=False)
  rng = np.random.default_rng(1)

  def shaken(path, value):
    value, kind = np.asarray(value), path[-1].key
    if kind == 'u':
      return value
    if kind == 'var':
      return rng.uniform(0.5, 2, value.shape).astype(np.float32)
    return (value + rng.normal(0, 0.1, value.shape)).astype(np.float32)

  return jax.tree_util.tree_map_with_path(shaken, variables)


def nchw(x):
  return torch.tensor(np.array(x)).permute(0, 3, 1, 2)


def check(net, variables, inputs, theirs, part=lambda out: out, tolerance=1e-4):
  """Outputs and gradients of a random sum of them agree.

  Args:
    theirs: (Layers, inputs in NCHW) -> the output in NCHW (or [B, C]).
    part: our net's output -> the same.
  """
  layers = Layers(variables)
  expected = theirs(layers, *map(nchw, inputs))
  expected = expected.permute(0, 2, 3, 1) if expected.ndim == 4 else expected
  noise = np.random.default_rng(2).normal(0, 1, tuple(expected.shape)).astype(np.float32)
  (expected * torch.tensor(noise)).sum().backward()
  rest = {k: v for k, v in variables.items() if k != 'params'}

  def ours(params):
    out = part(net.apply({'params': params, **rest}, *inputs, train=False))
    return (out * noise).sum(), out

  (_, out), grads = jax.jit(jax.value_and_grad(ours, has_aux=True))(variables['params'])
  expected = expected.detach().numpy()
  measured.record('output', out, expected)
  np.testing.assert_allclose(out, expected, atol=tolerance * np.abs(expected).max())
  found, wanted = by_torch_name(grads), {n: p.grad.numpy() for n, p in layers.params.items()}
  assert set(found) == set(wanted)
  for name, grad in wanted.items():
    if grad.any():
      measured.record('gradient', found[name], grad)
  most = max(np.abs(g).max() for g in wanted.values())
  for name, grad in wanted.items():
    scale = max(np.abs(grad).max(), 1e-3 * most)
    np.testing.assert_allclose(found[name], grad, atol=10 * tolerance * scale, err_msg=name)
