"""A trained method in one file: float16 parameters, configuration, tags, facts (safetensors).

    onepunch publish --checkpoint=runs/region --name=region_tokens --output=region.safetensors
    onepunch colorize --checkpoint=region.safetensors --input=page.png --output=out.png

Such a file may be given wherever a run may be: --checkpoint, `Colorizer`, config.init_from.workdir.
Tensors are named '<net>/params/<path>' and '<net>/stats/<path>'. The file's metadata has `config`
and `tags`, both JSON, `sha256` of the tensors, and the facts that `publish` knows: `name`,
`license`, `credits`, `command`, `commit`, `data`, `created`. Any reader of safetensors can read it.
"""

import hashlib
import json
import math
import os
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import flax
import jax
import numpy as np

SUFFIX = '.safetensors'
LARGEST = 6e4  # float16 ends there
REQUIRED = ('config', 'tags', 'sha256')  # in the metadata


def is_packed(run: str | os.PathLike) -> bool:
  """Whether a run is a file of this kind, by its name."""
  return os.fspath(run).endswith(SUFFIX)


def write(
  path: str,
  nets: Mapping[str, tuple[Any, Any]],
  config: str,
  tags: Sequence[str],
  facts: Mapping[str, str] | None = None,
) -> None:
  """Writes a file; the same arguments give the same bytes.

  Args:
    path: its name, which ends in .safetensors.
    nets: name -> (parameters, statistics).
    config: the run's config.json.
    tags: names of the tags that it knows.
    facts: further entries of the metadata.

  Raises:
    ValueError: another suffix, or a number that float16 cannot hold.
  """
  if not is_packed(path):
    raise ValueError(f'{path}: a packed method is a file that ends in {SUFFIX}.')
  tree = {name: {'params': params, 'stats': stats} for name, (params, stats) in nets.items()}
  arrays = {}
  for key, value in sorted(flax.traverse_util.flatten_dict(tree, sep='/').items()):
    value = np.asarray(value)
    if not np.abs(value).max(initial=0) < LARGEST:
      raise ValueError(f'{path}: {key} has numbers that float16 cannot hold.')
    arrays[key] = value.astype('<f2', order='C')  # a scalar stays one
  metadata = {**(facts or {}), 'config': config, 'tags': json.dumps(list(tags))}
  header: dict[str, Any] = {'__metadata__': {**metadata, 'sha256': _digest(arrays)}}
  end = 0
  for key, value in arrays.items():
    place = [end, end + value.nbytes]
    header[key] = {'dtype': 'F16', 'shape': list(value.shape), 'data_offsets': place}
    end += value.nbytes
  text = json.dumps(header, sort_keys=True).encode()
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


def read_facts(path: str) -> dict[str, str]:
  """The metadata of a file without its configuration and tags."""
  metadata = _header(path)[0]['__metadata__']
  return {key: text for key, text in metadata.items() if key not in ('config', 'tags')}


def read_nets(path: str, names: Sequence[str]) -> dict[str, tuple[Any, Any]]:
  """Nets in a file, name -> (parameters, statistics), float32.

  Raises:
    ValueError: a net is not there, or the file is none of this kind, damaged, cut off, or has
      numbers that are not finite.
  """
  header, start = _header(path)
  data = np.fromfile(path, np.uint8, offset=start)
  arrays = {}
  for key, entry in header.items():
    if key != '__metadata__':
      first, end = entry['data_offsets']
      arrays[key] = data[first:end].view('<f2').reshape(entry['shape'])
  if _digest(arrays) != header['__metadata__']['sha256']:
    raise ValueError(f'{path}: its SHA-256 is not that of its header: get the file again.')
  for key, value in arrays.items():
    if not np.isfinite(value).all():
      raise ValueError(f'{path}: {key} has numbers that are not finite (NaN or infinity).')
  wide = {key: value.astype(np.float32) for key, value in arrays.items()}
  tree = flax.traverse_util.unflatten_dict(wide, sep='/')
  if unknown := sorted(set(names) - set(tree)):
    raise ValueError(f'{path}: has no net {unknown}; it has {sorted(tree)}.')
  chosen = {name: (tree[name].get('params', {}), tree[name].get('stats', {})) for name in names}
  return jax.device_put(chosen)


def _digest(arrays: Mapping[str, np.ndarray]) -> str:
  """SHA-256 of names, shapes and values, in the order of names."""
  digest = hashlib.sha256()
  for key in sorted(arrays):
    digest.update(f'{key} {list(arrays[key].shape)}\n'.encode())
    digest.update(arrays[key].tobytes())
  return digest.hexdigest()


def _header(path: str) -> tuple[dict, int]:
  """The header of a file, and where its data begin; its tensors fill the file without a gap."""
  try:
    whole = os.path.getsize(path)
    with open(path, 'rb') as file:
      (size,) = struct.unpack('<Q', file.read(8))
      if size > whole:
        raise ValueError('its header is longer than the file')
      header = json.loads(file.read(size))
    if missing := [key for key in REQUIRED if key not in header['__metadata__']]:
      raise ValueError(f'its metadata lack {", ".join(missing)}; `onepunch publish` writes them')
    end = 0
    entries = [entry for key, entry in header.items() if key != '__metadata__']
    for entry in sorted(entries, key=_start):
      first, end = _start(entry), end + 2 * math.prod(entry['shape'])
      if entry['dtype'] != 'F16' or entry['data_offsets'] != [first, end]:
        raise ValueError('the places of its tensors do not fit their shapes')
    if 8 + size + end != whole:
      raise ValueError(f'it has {whole} bytes where its header says {8 + size + end}')
  except OSError as error:
    raise ValueError(f'{path}: cannot be opened ({error.strerror}).') from None
  except (struct.error, KeyError, TypeError, AttributeError, ValueError) as error:
    raise ValueError(f'{path}: no packed method ({error}).') from None
  return header, 8 + size


def _start(entry: Mapping[str, Any]) -> int:
  """Where a tensor begins."""
  return entry['data_offsets'][0]
