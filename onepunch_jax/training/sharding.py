"""Where arrays live: a mesh from the config, regex rules for the state, batches split over it.

Axes: `data` and `fsdp` split the batch, `fsdp` the state too, `space` the height of pictures.
"""

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import numpy as np
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec

PyTree = Any
BATCH_AXES = ('data', 'fsdp')


def make_mesh(shape: Sequence[tuple[str, int]], devices: Sequence | None = None) -> Mesh:
  """A mesh of all devices, e.g. (('data', -1), ('fsdp', 2)); one axis may be -1.

  Raises:
    ValueError: the axes do not multiply to the number of devices.
  """
  devices = jax.devices() if devices is None else list(devices)
  names = tuple(name for name, _ in shape)
  sizes = [size for _, size in shape]
  if sizes.count(-1) > 1:
    raise ValueError(f'Only one axis of config.mesh may be -1, not those of {tuple(shape)}.')
  fixed = int(np.prod([s for s in sizes if s != -1]))
  sizes = [len(devices) // fixed if s == -1 else s for s in sizes]
  if np.prod(sizes) != len(devices):
    raise ValueError(f'config.mesh {tuple(shape)} does not fit {len(devices)} devices.')
  return jax.make_mesh(sizes, names, axis_types=(AxisType.Auto,) * len(names), devices=devices)


def replicated(mesh: Mesh) -> NamedSharding:
  """The same array on all devices."""
  return NamedSharding(mesh, PartitionSpec())


def batch_sharding(mesh: Mesh, ndim: int = 1) -> NamedSharding:
  """For an array of a batch: its first axis over data and fsdp, a picture's height over space."""
  first = tuple(a for a in BATCH_AXES if a in mesh.axis_names)
  height = ('space',) if ndim == 4 and 'space' in mesh.axis_names else ()
  return NamedSharding(mesh, PartitionSpec(first, *height))


def batch_parts(mesh: Mesh) -> int:
  """Over how many devices a batch is split."""
  return int(np.prod([mesh.shape[a] for a in BATCH_AXES if a in mesh.axis_names]))


def check_batch_size(batch_size: int, mesh: Mesh) -> None:
  """Raises a ValueError, with the numbers that would work, when a batch cannot be split."""
  parts = batch_parts(mesh)
  if batch_size % parts:
    below = batch_size // parts * parts
    fits = [n for n in (below, below + parts) if n]
    raise ValueError(f'batch_size {batch_size} does not split over {parts} devices; {fits} do.')


def state_shardings(shapes: PyTree, mesh: Mesh, rules: Sequence[tuple[str, str]]) -> PyTree:
  """A NamedSharding for every array of a state.

  Args:
    shapes: a pytree of arrays or ShapeDtypeStructs.
    mesh: the mesh.
    rules: (regex, 'fsdp' | 'replicated') pairs; the first whose regex is found in an array's
      path ('variables/params/gen/...') decides. 'fsdp' splits the largest dimension that the
      axis divides; where none does, the array is replicated.
  """

  def place(path, x):
    name = '/'.join(_key(k) for k in path)
    for pattern, how in rules:
      if re.search(pattern, name):
        return NamedSharding(mesh, _spec(how, x.shape, mesh))
    return replicated(mesh)

  return jax.tree_util.tree_map_with_path(place, shapes)


def share(mesh: Mesh) -> tuple[int, int]:
  """Which part of every batch this process reads: (its number, how many parts there are).

  Processes between which only the height of pictures is split read the same part.

  Raises:
    ValueError: the mesh cuts batches so that processes share some rows and not others.
  """
  rows = _rows(mesh)
  parts = sorted(set(rows.values()))
  if sum(map(len, parts)) != batch_parts(mesh) or len(set(map(len, parts))) > 1:
    raise ValueError(
      f'config.mesh {dict(mesh.shape)} splits batches across processes unevenly: let `space` '
      f'divide the {jax.local_device_count()} devices of a process, or be a multiple of them.'
    )
  return parts.index(rows[jax.process_index()]), len(parts)


def to_global(host_batch: Mapping[str, np.ndarray], mesh: Mesh) -> dict[str, jax.Array]:
  """This process's part of a batch (numpy, see `share`) -> global arrays, split over the mesh."""
  own = _rows(mesh)[jax.process_index()]

  def place(x):
    size = len(x) // len(own)

    def shard(where):
      first = own.index((where[0].start or 0) // size) * size
      return x[first : first + size][(slice(None), *where[1:])]

    shape = (size * batch_parts(mesh), *x.shape[1:])
    return jax.make_array_from_callback(shape, batch_sharding(mesh, x.ndim), shard)

  return jax.tree.map(place, host_batch)


@functools.cache
def _rows(mesh: Mesh) -> dict[int, tuple[int, ...]]:
  """Process -> the parts of a batch that its devices hold."""
  rows: dict[int, set[int]] = {}
  where = batch_sharding(mesh).devices_indices_map((batch_parts(mesh),))
  for device, (part,) in where.items():
    rows.setdefault(
      device.process_index,  # type: ignore[attr-defined]
      set(),
    ).add(part.start or 0)
  return {process: tuple(sorted(parts)) for process, parts in rows.items()}


def _spec(how: str, shape, mesh: Mesh) -> PartitionSpec:
  if how == 'replicated' or 'fsdp' not in mesh.axis_names:
    return PartitionSpec()
  if how != 'fsdp':
    raise ValueError(f"A sharding rule is 'fsdp' or 'replicated', not {how!r}.")
  size = mesh.shape['fsdp']
  fitting = [i for i, n in enumerate(shape) if n % size == 0 and n >= size]
  if size == 1 or not fitting:
    return PartitionSpec()
  largest = max(fitting, key=shape.__getitem__)
  return PartitionSpec(*[None] * largest, 'fsdp')


def _key(entry) -> str:
  for attribute in ('key', 'name', 'idx'):
    if hasattr(entry, attribute):
      return str(getattr(entry, attribute))
  return str(entry)
