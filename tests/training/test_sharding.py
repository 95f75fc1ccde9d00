"""Meshes and rules: sizes that fit, the largest dimension split, refusals with numbers."""

import jax
import numpy as np
import pytest
from jax.sharding import PartitionSpec as P

from onepunch_jax.training import sharding


def test_one_axis_may_be_left_open():
  assert dict(sharding.make_mesh((('data', -1), ('fsdp', 2))).shape) == {'data': 4, 'fsdp': 2}
  for bad in ((('data', 3),), (('data', -1), ('fsdp', -1)), (('data', -1), ('fsdp', 5))):
    with pytest.raises(ValueError, match=r'config\.mesh'):
      sharding.make_mesh(bad)


def test_an_indivisible_batch_says_what_fits():
  mesh = sharding.make_mesh((('data', 4), ('fsdp', 2)))
  sharding.check_batch_size(16, mesh)
  with pytest.raises(ValueError, match=r'\[8, 16\] do'):
    sharding.check_batch_size(12, mesh)


def test_rules_split_the_largest_dimension_that_fits():
  mesh = sharding.make_mesh((('data', 2), ('fsdp', 4)))
  shape = lambda *s: jax.ShapeDtypeStruct(s, np.float32)
  tree = {
    'params': {'big': shape(3, 8, 16), 'odd': shape(3, 5), 'scalar': shape()},
    'memory': shape(8, 8),
  }
  found = sharding.state_shardings(tree, mesh, (('^memory', 'replicated'), ('.*', 'fsdp')))
  assert found['params']['big'].spec == P(None, None, 'fsdp')
  assert found['params']['odd'].spec == found['params']['scalar'].spec == P()
  assert found['memory'].spec == P()
  with pytest.raises(ValueError, match='replicated'):
    sharding.state_shardings(tree, mesh, (('.*', 'everywhere'),))


def test_batches_are_split_over_both_axes():
  mesh = sharding.make_mesh((('data', 2), ('fsdp', 4)))
  batch = sharding.to_global({'x': np.arange(16)}, mesh)
  assert {s.data.shape for s in batch['x'].addressable_shards} == {(2,)}
  np.testing.assert_array_equal(batch['x'], np.arange(16))


def test_processes_share_a_part_only_where_space_is_between_them(monkeypatch):
  mesh = sharding.make_mesh((('data', 4), ('space', 2)))
  assert sharding.share(mesh) == (0, 1)
  rows = lambda found: monkeypatch.setattr(sharding, '_rows', lambda mesh: found)
  rows({0: (0, 1), 1: (2, 3)})
  assert sharding.share(mesh) == (0, 2)
  rows({0: (0, 1, 2, 3), 1: (0, 1, 2, 3)})
  assert sharding.share(mesh) == (0, 1)
  rows({0: (0, 1, 2), 1: (2, 3)})
  with pytest.raises(ValueError, match='`space`'):
    sharding.share(mesh)


def test_space_splits_the_height_of_pictures():
  mesh = sharding.make_mesh((('data', 2), ('space', 4)))
  pictures = np.arange(2 * 8 * 3).reshape(2, 8, 3, 1)
  batch = sharding.to_global({'line': pictures, 'valid': np.ones(2)}, mesh)
  assert {s.data.shape for s in batch['line'].addressable_shards} == {(1, 2, 3, 1)}
  np.testing.assert_array_equal(batch['line'], pictures)
