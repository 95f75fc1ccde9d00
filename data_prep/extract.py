"""Line art written into records by the very function that the training step uses."""

from __future__ import annotations

import functools
import hashlib

import numpy as np


def line(rgb: np.ndarray, mask: np.ndarray | None, styles: tuple[str, ...], key: str) -> np.ndarray:
  """uint8 [H, W, 3] -> uint8 line [H, W, 1] in one of the styles, chosen by the record's key."""
  import jax

  seed = int.from_bytes(hashlib.sha256(key.encode('utf-8', 'surrogatepass')).digest()[:4], 'big')
  batch = {'rgb': rgb[None].astype(np.float32) / 127.5 - 1}
  if mask is not None:
    batch['mask'] = (mask[None] > 127).astype(np.float32)
  drawn = _step(styles)(batch, jax.random.key(seed))
  return np.round((np.asarray(drawn)[0] + 1) * 127.5).astype(np.uint8)


@functools.lru_cache(maxsize=4)
def _step(styles: tuple[str, ...]):
  import jax

  from onepunch_jax.prepare import lines

  step = lines.make(styles=styles)
  return jax.jit(lambda batch, key: step(batch, key, 0)['line'])
