"""The Batch contract: what a batch may hold, in which shape, type and range.

A raw batch comes from the host as uint8.  `cast`, always the first thing that happens on the
device, turns pictures into float32 in [-1, 1]; ids, masks and multi-hot tags stay as they are.

  key       host (uint8)            after `cast`              made by
  line      [B, H, W, 1] 0 is ink   float32 in [-1, 1]        sources, prepare/lines
  rgb       [B, H, W, 3] sRGB       float32 in [-1, 1]        sources
  scan      [B, H, W, 1] 0 is ink   float32 in [-1, 1]        data/unpaired: of other drawings
  flat      [B, H, W, 3] sRGB       float32 in [-1, 1]        sources that know it
  regions   [B, H, W, 1] 0 unknown  uint8                     sources that know it
  mask      [B, H, W, 1] 255 inside float32, 0 or 1           sources that letter-box
  hint      (none)                  [B, H, W, 4] (hints.py)   prepare/points and kin, pages
  tags      [B, T] multi-hot        uint8                     sources that know it
  sample    [B] which of several   int32: 0 is the likeliest  evaluations, for `colorize` alone
  valid     [B] 0 pads a last batch uint8                     the pipeline, in evaluation
"""

from collections.abc import Mapping, Sequence

import jax.numpy as jnp
import numpy as np

PICTURES = {'line': 1, 'rgb': 3, 'flat': 3, 'scan': 1}  # key -> channels
MAPS = {'regions': 1, 'mask': 1}  # resized by nearest neighbour
SPATIAL = {**PICTURES, **MAPS}


def check_keys(keys: Sequence[str]) -> None:
  """Raises a ValueError when a key is not one of the contract."""
  known = {*SPATIAL, 'tags'}
  if unknown := sorted(set(keys) - known):
    raise ValueError(f'config.data.train_keys names {unknown}; a batch may hold {sorted(known)}.')


def fake(keys: Sequence[str], batch_size: int, size: int, tags: int = 0) -> dict[str, np.ndarray]:
  """A raw batch of the right shapes: white pictures, for shape inference and tests."""
  check_keys(keys)
  shapes = {k: (batch_size, size, size, SPATIAL[k]) for k in keys if k in SPATIAL}
  if 'tags' in keys:
    shapes['tags'] = (batch_size, tags)
  return {k: np.full(s, 255 if k in PICTURES else 0, np.uint8) for k, s in shapes.items()}


def cast(batch: Mapping) -> dict:
  """Raw uint8 batch -> float pictures in [-1, 1]; everything else passes."""
  out = dict(batch)
  for key in PICTURES:
    if key in out:
      out[key] = out[key].astype(jnp.float32) / 127.5 - 1
  if 'mask' in out:
    out['mask'] = (out['mask'] > 127).astype(jnp.float32)
  return out


def check_needs(needs: Sequence[str], batch: Mapping, method: str) -> None:
  """Raises a ValueError when a prepared batch lacks what a method reads."""
  if missing := sorted(set(needs) - set(batch)):
    raise ValueError(
      f'{method} reads {missing}, but data and prepare steps give only {sorted(batch)}: add it '
      'to config.data.train_keys, or a prepare step that makes it.'
    )
