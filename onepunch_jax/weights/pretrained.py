"""Weights of VGG-16/19 and ResNet-50 from torchvision-format files, by path, without PyTorch.

    vgg = registry.net(dict(name='vgg', depth=19))
    params, stats = load('vgg19.pth', vgg)

`.pth` (both of PyTorch's formats) and `.safetensors` are read; or the folder of a `tagger` run,
whose net must have the same sections. Nothing is downloaded, and nothing in a file is executed.
"""

import functools
import os
import re
from collections.abc import Mapping
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax import registry
from onepunch_jax.core import Net
from onepunch_jax.log import log
from onepunch_jax.weights import runs
from onepunch_jax.weights.torch_file import read

PyTree = Any


def load(path: str, module: nn.Module) -> tuple[PyTree, PyTree]:
  """(parameters, statistics) of a VGG or ResNet from a weight file or a run's folder.

  Raises:
    ValueError: there is no such file, it is damaged, or it fits another net; names the layer.
  """
  picture = jnp.zeros((1, 32, 32, 3))
  like = jax.eval_shape(lambda: module.init(jax.random.key(0), picture, train=False))
  if os.path.isdir(path):
    params, stats = runs.load_nets(path, ('net',))['net']
    found = jax.tree.map(np.asarray, {'params': params, **stats})
  else:
    found = convert(read(path), type(module).__module__.rsplit('.', 1)[-1])
  return fitted(found, like, path)


def frozen(name: str, section: Mapping[str, Any], weights: str) -> Net | None:
  """The net of `section` with weights from a file; without a file None, and a line in the log.

  For `Method.nets`; no player trains it. The file is read when a run starts.
  """
  if not weights:
    log.info('No weights for %s: the loss that needs them is off.', name)
    return None
  module = registry.net(section)
  return Net(name, module, load=functools.partial(load, weights, module))


def convert(state: dict[str, np.ndarray], family: str) -> dict[str, PyTree]:
  """A torchvision state dict -> {'params': ..., 'batch_stats': ...} of nets/<family>.py.

  Raises:
    ValueError: it is no state dict of that family.
  """
  if family == 'vgg':
    return _vgg(state)
  if family == 'resnet':
    return _resnet(state)
  raise ValueError(f'Weight files of torchvision are for nets vgg and resnet, not {family!r}.')


def fitted(found: PyTree, like: PyTree, path: str) -> tuple[PyTree, PyTree]:
  """The leaves of `found` that `like` has, as (parameters, statistics).

  Raises:
    ValueError: one is missing or has another shape.
  """

  def pick(key, wanted):
    name, value = '.'.join(k.key for k in key), found
    for k in key:
      value = value.get(k.key) if isinstance(value, dict) else None
    if value is None or isinstance(value, dict):
      raise ValueError(f'{path!r} has no {name}, which this net needs: it is of another net.')
    if value.shape != wanted.shape:
      raise ValueError(f'{path!r}: {name} is {value.shape}, this net wants {wanted.shape}.')
    return np.asarray(value, np.float32)

  stats = jax.tree_util.tree_map_with_path(pick, dict(like))
  return stats.pop('params'), stats


def _vgg(state):
  """features.<n>: convolutions in order, a new group after each pool; classifier.<0, 3, 6>."""
  found = (re.fullmatch(r'features\.(\d+)\.weight', k) for k in state)
  numbers = sorted(int(m[1]) for m in found if m)
  if not numbers or any(state[f'features.{n}.weight'].ndim != 4 for n in numbers):
    raise ValueError("These are no weights of torchvision's VGG without batch norm.")
  params, group, layer = {}, 1, 0
  for before, n in zip([-2, *numbers], numbers):  # conv and ReLU take two numbers, a pool one more
    group, layer = (group, layer + 1) if n == before + 2 else (group + 1, 1)
    params[f'conv{group}_{layer}'] = _layer(state, f'features.{n}')
  for i, n in enumerate((0, 3, 6), 1):
    if f'classifier.{n}.weight' in state:
      params[f'fc{i}'] = _layer(state, f'classifier.{n}')
  if 'fc1' in params:  # torch flattens channels first
    kernel = params['fc1']['kernel']
    side = round((kernel.shape[0] / state[f'features.{numbers[-1]}.weight'].shape[0]) ** 0.5)
    folded = kernel.reshape(-1, side, side, kernel.shape[1])
    params['fc1']['kernel'] = folded.transpose(1, 2, 0, 3).reshape(kernel.shape)
  return {'params': params}


def _resnet(state):
  if 'layer1.0.conv1.weight' not in state:
    raise ValueError("These are no weights of torchvision's ResNet.")
  params, stats = {}, {}
  for name in sorted({k.rsplit('.', 1)[0] for k in state}):
    *outer, last = name.split('.')
    if outer[2:] == ['downsample']:
      outer, last = outer[:2], {'0': 'conv0', '1': 'bn0'}[last]
    at, kept = params, stats
    if outer:
      at, kept = (tree.setdefault('_'.join(outer), {}) for tree in (params, stats))
    at[last] = _layer(state, name)
    if f'{name}.running_mean' in state:
      at[last] = {'scale': state[f'{name}.weight'], 'bias': state[f'{name}.bias']}
      kept[last] = {'mean': state[f'{name}.running_mean'], 'var': state[f'{name}.running_var']}
  return {'params': params, 'batch_stats': stats}


def _layer(state, name):
  weight = state[f'{name}.weight']
  axes = {4: (2, 3, 1, 0), 2: (1, 0), 1: (0,)}[weight.ndim]
  layer = {'kernel': weight.transpose(axes)}
  return {**layer, 'bias': state[f'{name}.bias']} if f'{name}.bias' in state else layer
