"""`config.data` of small pictures, for tests of what reads it."""

from typing import Any

from ml_collections import ConfigDict

from onepunch_jax.configs import common


def config(path: Any, unpaired: Any = '', **changes: Any) -> ConfigDict:
  """config.data of 16 px pictures at `path`; with `unpaired`, of two domains."""
  data = common.base().data
  data.update({'size': 16, 'load_size': 16, 'count': 8, 'eval_count': 4, 'path': str(path)})
  if unpaired:
    data.update({'unpaired': str(unpaired), 'train_keys': ('rgb', 'scan'), 'eval_keys': ('line',)})
  data.update(changes)
  return data
