"""Whether the parameters in a file are those that the nets of this version have."""

import os
from collections.abc import Mapping
from typing import Any, cast

import flax
import jax
import jax.numpy as jnp

from onepunch_jax import core
from onepunch_jax.weights import shipped


def check(
  method: core.Method, nets: Mapping[str, tuple[Any, Any]], side: int, tags: int, path: str
) -> None:
  """Refuses a file whose parameters are not those that `colorize` reads.

  The method runs on shapes alone. Files that come with the package are not checked again at each
  start: a test does.

  Args:
    method: of the file's configuration.
    nets: name -> (parameters, statistics), as read.
    side: of pictures, a multiple of `method.multiple`.
    tags: how many there are.
    path: the file, for the message.

  Raises:
    ValueError: parameters are missing, unknown or of another shape; the message names the first.
  """
  if os.path.dirname(path) == os.path.dirname(shipped.path()):
    return
  shapes = {
    'line': (1, side, side, 1),
    'hint': (1, side, side, 4),
    'reference': (1, side, side, 4),
    'tags': (1, tags),
  }
  if not set(method.inputs) <= set(shapes):
    return
  batch = {
    key: jax.ShapeDtypeStruct(shapes[key], jnp.uint8 if key == 'tags' else jnp.float32)
    for key in method.inputs
  }
  for name, (params, stats) in inference_shapes(method, batch).items():
    wanted = _flat(params, stats)
    found = _flat(*nets[name]) if name in nets else {}
    if missing := sorted(set(wanted) - set(found)):
      raise ValueError(f'{path}: the net {name} lacks {missing[0]}, which this version reads.')
    if unknown := sorted(set(found) - set(wanted)):
      raise ValueError(
        f'{path}: the net {name} has {unknown[0]}, which this version does not know.'
      )
    for key, shape in wanted.items():
      if found[key] != shape:
        raise ValueError(f'{path}: {name}/{key} is {found[key]}, this version wants {shape}.')


def _flat(params: Any, stats: Any) -> dict[str, tuple[int, ...]]:
  """Path -> shape."""
  tree = {'params': params, 'stats': stats}
  flat = flax.traverse_util.flatten_dict(tree, sep='/')
  return {key: tuple(leaf.shape) for key, leaf in flat.items()}


def inference_shapes(method: core.Method, batch: core.Batch) -> dict[str, tuple[Any, Any]]:
  """The shapes of the parameters and statistics of the nets that `colorize` calls, by name.

  Args:
    method: runs on shapes alone.
    batch: what `colorize` reads; only its shapes matter.
  """
  calls = core.FirstCalls()
  v = core.Variables(cast(dict, calls), {}, {})
  jax.eval_shape(lambda batch, key: method.colorize(v, batch, key), batch, jax.random.key(0))
  return calls.shapes
