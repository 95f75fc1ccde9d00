"""The drawings: the record, determinism, and what its parts promise about each other."""

import numpy as np

from onepunch_jax.data import drawn


def test_record():
  r = drawn.draw(0, 3, 64)
  assert r['key'] == 'drawn-0-3'
  for key, channels in (('line', 1), ('rgb', 3), ('flat', 3), ('regions', 1)):
    assert r[key].shape == (64, 64, channels) and r[key].dtype == np.uint8
  assert r['tags'].shape == (len(drawn.VOCABULARY),) and set(np.unique(r['tags'])) <= {0, 1}
