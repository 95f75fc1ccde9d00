"""A trained method in one file: float16 parameters, its configuration and its tags (safetensors).

    python -m onepunch_jax.training.pack --checkpoint=runs/region --output=region.safetensors
    python -m onepunch_jax.colorize --checkpoint=region.safetensors --input=page.png ...

Such a file may be given wherever a run may be: --checkpoint, `Colorizer`, config.init_from.workdir.
Tensors are named '<net>/params/<path>' and '<net>/stats/<path>'; the file's metadata has `config`
and `tags`, both JSON. Any reader of safetensors can read it.
"""

import json
import os
import struct
from collections.abc import Sequence
from typing import Any

import flax
import jax
import numpy as np

SUFFIX = '.safetensors'
LARGEST = 6e4  # float16 ends there


def is_packed(run: str | os.PathLike) -> bool:
  """Whether a run is a file of this kind, by its name."""
  return os.fspath(run).endswith(SUFFIX)


def write(path: str, nets: dict[str, tuple[Any, Any]], config: str, tags: Sequence[str]) -> None:
  """Writes a file.

  Args:
    path: its name, which ends in .safetensors.
    nets: name -> (parameters, statistics).
    config: the run's config.json.
    tags: names of the tags that it knows.

  Raises:
    ValueError: another suffix, or a number that float16 cannot hold.
  """
  if not is_packed(path):
    raise ValueError(f'{path}: a packed method is a file that ends in {SUFFIX}.')
  arrays = {}
  for name, (params, stats) in nets.items():
    tree = {name: {'params': params, 'stats': stats}}
    for key, value in flax.traverse_util.flatten_dict(tree, sep='/').items():
      value = np.asarray(value)
      if not np.abs(value).max(initial=0) < LARGEST:
        raise ValueError(f'{key} has numbers that float16 cannot hold.')
      arrays[key] = np.ascontiguousarray(value.astype('<f2'))
  header: dict[str, Any] = {'__metadata__': {'config': config, 'tags': json.dumps(list(tags))}}
  end = 0
  for key, value in arrays.items():
    place = [end, end + value.nbytes]
    header[key] = {'dtype': 'F16', 'shape': list(value.shape), 'data_offsets': place}
    end += value.nbytes
  text = json.dumps(header).encode()
  text += b' ' * (-len(text) % 8)
  with open(path + '.tmp', 'wb') as file:
    file.write(struct.pack('<Q', len(text)) + text)
    for value in arrays.values():
      file.write(value.tobytes())
  os.replace(path + '.tmp', path)


def read_config(path: str) -> dict:
  """The configuration in a file, as config.json has it."""
  return json.loads(_header(path)[0]['__metadata__']['config'])


def read_tags(path: str) -> tuple[str, ...]:
  """The names of the tags in a file."""
  return tuple(json.loads(_header(path)[0]['__metadata__']['tags']))


def read_nets(path: str, names: Sequence[str]) -> dict[str, tuple[Any, Any]]:
  """Nets in a file, name -> (parameters, statistics), float32.

  Raises:
    ValueError: a net is not there, or the file is none of this kind.
  """
  header, start = _header(path)
  data = np.memmap(path, np.uint8, 'r', start)
  flat = {}
  for key, entry in header.items():
    if key != '__metadata__':
      first, end = entry['data_offsets']
      value = data[first:end].view('<f2').astype(np.float32)
      flat[key] = jax.numpy.asarray(value.reshape(entry['shape']))
  tree = flax.traverse_util.unflatten_dict(flat, sep='/')
  if unknown := sorted(set(names) - set(tree)):
    raise ValueError(f'{path} has no net {unknown}; it has {sorted(tree)}.')
  return {name: (tree[name].get('params', {}), tree[name].get('stats', {})) for name in names}


def _header(path: str) -> tuple[dict, int]:
  """The header of a file, and where its data begin."""
  try:
    with open(path, 'rb') as file:
      (size,) = struct.unpack('<Q', file.read(8))
      if size > os.path.getsize(path):
        raise ValueError('its header is longer than the file')
      header = json.loads(file.read(size))
    header['__metadata__']['config'], header['__metadata__']['tags']
  except OSError as error:
    raise ValueError(f'{path}: cannot be opened ({error.strerror}).') from None
  except (struct.error, KeyError, TypeError, ValueError) as error:
    raise ValueError(f'{path}: no packed method ({error}).') from None
  return header, 8 + size
