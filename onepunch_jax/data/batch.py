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
  tags      [B, T] multi-hot        uint8: tags that are in   sources, prepare (*tag*), pages
  truth     (none)                  [B, T] uint8: all tags    prepare/tag_drop
  repainted (none)                  [B, H, W, 1] 0 or 1       prepare/repaint, retag
  nouns     [B, 256] of region ids  uint8, 0 unknown          `drawn`: of which tag a part is
  reference [B, H, W, 3] sRGB,      [B, H, W, 4]              `drawn`: the same character in
            black all over: none    (references.py)           another pose; prepare/reference,
                                                              pages; it adds reference_flow, _seen
  reference_part [B, H, W, 1]       uint8: noun of a pixel    `drawn`, prepare/reference
  character [B] int32, -1 unknown   int32                     sources that know who it shows
  gap       [B] px at 256, or 255   uint8: of breaks in lines   `drawn`; 255 is unknown
  shading   [B] of SHADINGS, or 255 uint8                     `drawn`; 255 is unknown
  labels    [B, H, W, 1] < N        int32                     data/region_tokens: of N tokens
  colors    [B, N, 3] sRGB          float32 in [-1, 1]        data/region_tokens; of each region
  geometry  [B, N, 12] float32      the same                  data/region_tokens
  distance  [B, N, N] float16       float32                   data/region_tokens, between regions
  token_nouns [B, N]                uint8, 0 unknown          data/region_tokens
  line_distance [B, H/2, W/2, 2]    float32: px to a line of  data/region_tokens
                                    the artist; its weight
  linked    [B]                     uint8: the next one shows data/region_tokens, in pairs
                                    the same character or drawing
  palette   [B, P, 4] float32       the same: sRGB in [-1,1],  evaluations, for `colorize` alone
                                    1 where there is an entry
  sample    [B] which of several   int32: 0 is the likeliest  evaluations, for `colorize` alone
  valid     [B] 0 pads a last batch uint8                     the pipeline, in evaluation
"""

from collections.abc import Mapping, Sequence

import jax.numpy as jnp
import numpy as np

PICTURES = {'line': 1, 'rgb': 3, 'flat': 3, 'scan': 1}  # key -> channels
MAPS = {'regions': 1, 'mask': 1, 'reference_part': 1}  # resized by nearest neighbour
SPATIAL = {**PICTURES, **MAPS, 'reference': 3}

TOKENS = (
  'labels',
  'geometry',
  'distance',
  'colors',
  'token_nouns',
  'line_distance',
  'linked',
)
TRAITS = ('gap', 'shading')  # one number a drawing
SHADINGS = ('flat', 'cel', 'soft')
UNKNOWN = 255


def check_keys(keys: Sequence[str]) -> None:
  """Raises a ValueError when a key is not one of the contract."""
  known = {*SPATIAL, *TRAITS, *TOKENS, 'tags', 'nouns', 'character'}
  if unknown := sorted(set(keys) - known):
    raise ValueError(f'config.data.train_keys names {unknown}; a batch may hold {sorted(known)}.')


def fake(
  keys: Sequence[str], batch_size: int, size: int, tags: int = 0, tokens: int = 0
) -> dict[str, np.ndarray]:
  """A raw batch of the right shapes: white pictures, for shape inference and tests."""
  check_keys(keys)
  shapes = {k: (batch_size, size, size, SPATIAL[k]) for k in keys if k in SPATIAL}
  if 'tags' in keys:
    shapes['tags'] = (batch_size, tags)
  if 'nouns' in keys:
    shapes['nouns'] = (batch_size, 256)
  table = {
    'labels': ((size, size, 1), np.uint16),
    'geometry': ((tokens, 12), np.float32),
    'distance': ((tokens, tokens), np.float16),
    'colors': ((tokens, 3), np.uint8),
    'token_nouns': ((tokens,), np.uint8),
    'line_distance': ((size // 2, size // 2, 2), np.uint8),
    'linked': ((), np.uint8),
  }
  made = {k: np.zeros((batch_size, *table[k][0]), table[k][1]) for k in keys if k in table}
  out = {k: np.full(s, 255 if k in PICTURES else 0, np.uint8) for k, s in shapes.items()} | made
  return {**out, 'character': np.full(batch_size, -1, np.int32)} if 'character' in keys else out


def cast(batch: Mapping) -> dict:
  """Raw uint8 batch -> float pictures in [-1, 1]; everything else passes."""
  out = dict(batch)
  for key in PICTURES:
    if key in out:
      out[key] = out[key].astype(jnp.float32) / 127.5 - 1
  if 'mask' in out:
    out['mask'] = (out['mask'] > 127).astype(jnp.float32)
  if 'labels' in out:
    out['labels'] = out['labels'].astype(jnp.int32)
  if 'colors' in out:
    out['colors'] = out['colors'].astype(jnp.float32) / 127.5 - 1
  if 'distance' in out:
    out['distance'] = out['distance'].astype(jnp.float32)
  if 'line_distance' in out:
    out['line_distance'] = out['line_distance'].astype(jnp.float32) / jnp.array([25.5, 1.0])
  if 'reference' in out and out['reference'].shape[-1] == 3:
    out['reference'] = _reference(out['reference'])
  return out


def _reference(rgb):
  """uint8 [B, H, W, 3] -> [B, H, W, 4] (references.py); a picture all black is none."""
  there = jnp.any(rgb > 0, (1, 2, 3), keepdims=True).astype(jnp.float32)
  mask = jnp.broadcast_to(there, (*rgb.shape[:3], 1))
  return jnp.concatenate([(rgb.astype(jnp.float32) / 127.5 - 1) * mask, mask], -1)


def check_needs(needs: Sequence[str], batch: Mapping, method: str) -> None:
  """Raises a ValueError when a prepared batch lacks what a method reads."""
  if missing := sorted(set(needs) - set(batch)):
    raise ValueError(
      f'{method} reads {missing}, but data and prepare steps give only {sorted(batch)}: add it '
      'to config.data.train_keys, or a prepare step that makes it.'
    )
