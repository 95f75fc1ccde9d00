"""Reads `.pth` and `.safetensors` into numpy arrays, without PyTorch and without running pickles.

A .pth is a pickle whose tensors point into raw storages: a zip archive since PyTorch 1.6; before
that (torchvision's older files) five pickles and the storages, one after the other. The unpickler
here knows dicts, tensors and nothing else, so a file cannot execute anything.
"""

import collections
import json
import os
import pickle
import struct
import zipfile
from typing import IO, Any

import ml_dtypes
import numpy as np

_STORAGES = {
  'FloatStorage': np.float32,
  'DoubleStorage': np.float64,
  'HalfStorage': np.float16,
  'BFloat16Storage': ml_dtypes.bfloat16,
  'LongStorage': np.int64,
  'IntStorage': np.int32,
  'ShortStorage': np.int16,
  'CharStorage': np.int8,
  'ByteStorage': np.uint8,
  'BoolStorage': np.bool_,
}
_SAFE = {
  'F32': np.float32,
  'F64': np.float64,
  'F16': np.float16,
  'BF16': ml_dtypes.bfloat16,
  'I64': np.int64,
  'I32': np.int32,
  'I16': np.int16,
  'I8': np.int8,
  'U8': np.uint8,
  'BOOL': np.bool_,
}
_MAGIC = 0x1950A86A20F9469CFC6C  # of the older format


def read(path: str) -> dict[str, np.ndarray]:
  """{parameter: array} of a weight file; a checkpoint's 'state_dict' or 'model' is looked into.

  Raises:
    ValueError: there is no such file, or it is no plain state dict.
  """
  if not os.path.isfile(path):
    raise ValueError(f'There is no weight file {path!r}.')
  try:
    if path.endswith('.safetensors'):
      return _read_safetensors(path)
    found = _read_zip(path) if zipfile.is_zipfile(path) else _read_older(path)
  except (
    pickle.UnpicklingError,
    EOFError,
    KeyError,
    IndexError,
    struct.error,
    TypeError,
    AttributeError,
    UnicodeDecodeError,
    ValueError,
    zipfile.BadZipFile,
  ) as error:
    raise ValueError(
      f'{path!r} is no readable state dict (.pth or .safetensors): {error}'
    ) from error
  for inner in ('state_dict', 'model'):
    found = found[inner] if isinstance(found.get(inner), dict) else found
  arrays = {k.removeprefix('module.'): v for k, v in found.items() if isinstance(v, np.ndarray)}
  if not arrays:
    raise ValueError(f'{path!r} holds no tensors; it has {list(found)[:5]}.')
  return arrays


def _read_safetensors(path):
  with open(path, 'rb') as f:
    (size,) = struct.unpack('<Q', f.read(8))
    if size > os.path.getsize(path):
      raise ValueError('its header is longer than the file')
    header, data = json.loads(f.read(size)), f.read()
  arrays = {}
  for name, entry in header.items():
    if name != '__metadata__':
      start, end = entry['data_offsets']
      flat = np.frombuffer(data[start:end], _SAFE[entry['dtype']])
      arrays[name] = flat.reshape(entry['shape'])
  return arrays


def _read_zip(path):
  with zipfile.ZipFile(path) as archive:
    (inside,) = [n for n in archive.namelist() if n.endswith('data.pkl')]
    folder = inside.removesuffix('data.pkl')
    storages = {}

    def storage(kind, key):
      if key not in storages:
        storages[key] = np.frombuffer(archive.read(f'{folder}data/{key}'), kind)
      return storages[key]

    with archive.open(inside) as f:
      return _Unpickler(f, storage).load()


def _read_older(path):
  """Magic number, version, machine, objects, storage keys; then each storage: length, bytes."""
  with open(path, 'rb') as f:
    if _plain(f) != _MAGIC:
      raise ValueError('it is a pickle, but not of a state dict')
    _plain(f), _plain(f)  # the version, the machine
    storages = {}  # filled below: tensors are views of these
    sizes = {}

    def storage(kind, key, count):
      if key not in storages:
        storages[key], sizes[key] = np.empty(count, kind), count
      return storages[key]

    found = _Unpickler(f, storage, counted=True).load()
    for key in _plain(f):
      (count,) = struct.unpack('<q', f.read(8))
      data = f.read(count * storages[key].itemsize)
      if count != sizes[key] or len(data) != count * storages[key].itemsize:
        raise ValueError(f'storage {key} is cut off')
      storages[key][:] = np.frombuffer(data, storages[key].dtype)
    return found


def _plain(file: IO[bytes]) -> Any:
  """The next pickle of the file, which has no tensors."""
  return _Unpickler(file, None).load()


class _Unpickler(pickle.Unpickler):
  """Knows OrderedDict, tensors and their storages."""

  def __init__(self, file, storage, counted=False):
    super().__init__(file)
    self._storage, self._counted = storage, counted

  def find_class(self, module: str, name: str) -> Any:
    if (module, name) == ('collections', 'OrderedDict'):
      return collections.OrderedDict
    if (module, name) == ('torch._utils', '_rebuild_tensor_v2'):
      return _tensor
    if (module, name) == ('torch._utils', '_rebuild_parameter'):
      return _parameter
    if module == 'torch' and name in _STORAGES:
      return np.dtype(_STORAGES[name])
    raise pickle.UnpicklingError(f'it wants {module}.{name}, which is no part of a state dict')

  def persistent_load(self, pid: Any) -> np.ndarray:
    kind, dtype, key, _, count, *_ = pid
    if kind != 'storage' or self._storage is None:
      raise pickle.UnpicklingError(f'an unknown reference {kind!r}')
    return self._storage(dtype, key, count) if self._counted else self._storage(dtype, key)


def _parameter(data, requires_grad, hooks):
  return data


def _tensor(storage, offset, size, stride, *_):
  last = offset + sum((n - 1) * s for n, s in zip(size, stride))
  if min((offset, *size, *stride), default=0) < 0 or (0 not in size and last >= storage.size):
    raise ValueError('a tensor reaches beyond its storage')
  steps = [s * storage.itemsize for s in stride]
  return np.lib.stride_tricks.as_strided(storage[offset:], size, steps, writeable=False)
