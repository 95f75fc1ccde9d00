"""Near-duplicates: a 64-bit difference hash, confirmed by a tiny colour picture."""

from __future__ import annotations

import itertools

import numpy as np
from PIL import Image

from onepunch_jax.data.splits import SPLITS
from onepunch_jax.images.pixels import to_grey

STEP = 2  # a difference of grey levels below this is flat: noise must not decide a bit
COLOR = 10  # mean difference of the colour thumbnails above which two pictures differ


def sign(record: dict) -> str:
  """A record's perceptual signature: 16 hex digits of hash, 96 of a 4 x 4 colour thumbnail."""
  rgb = record.get('rgb')
  if rgb is None:
    rgb = np.repeat(record['line'], 3, -1)
  box = lambda image, size: np.asarray(image.resize(size, Image.Resampling.BOX))
  grey = box(Image.fromarray(to_grey(rgb)[..., 0]), (9, 8)).astype(int)
  bits = grey[:, 1:] - grey[:, :-1] > STEP
  return np.packbits(bits).tobytes().hex() + box(Image.fromarray(rgb), (4, 4)).tobytes().hex()


def find(kept: list, limit: int) -> dict[str, str]:
  """Which records to drop: {key: key of the one that stays}.

  Of a pair the one in 'test' or 'val' stays, as those are few and must not leak into 'train'; then
  the first by key. Two hashes that differ in at most `limit` bits share one of limit + 1 bands,
  so only records that do are compared.

  Args:
    kept: [key, split, signature, ...] of every record.
    limit: bits of 64.
  """
  order = sorted(kept, key=lambda k: (-SPLITS.index(k[1]), k[0]))
  if not order:
    return {}
  hashes = np.array([int(k[2][:16], 16) for k in order], np.uint64)
  colors = np.array([np.frombuffer(bytes.fromhex(k[2][16:]), np.uint8) for k in order], np.int16)
  edges = np.linspace(0, 64, limit + 2).astype(int)
  bands = [
    ((hashes >> np.uint64(a)) & np.uint64((1 << (b - a)) - 1)).tolist()
    for a, b in itertools.pairwise(edges)
  ]
  buckets: list[dict[int, list[int]]] = [{} for _ in bands]
  drops = {}
  for i, (key, *_) in enumerate(order):
    near = sorted({j for band, bucket in zip(bands, buckets) for j in bucket.get(band[i], ())})
    if near:
      near = np.array(near)
      same = (np.bitwise_count(hashes[near] ^ hashes[i]) <= limit) & (
        np.abs(colors[near] - colors[i]).mean(1) <= COLOR
      )
      if same.any():
        drops[key] = order[near[same.argmax()]][0]
        continue
    for band, bucket in zip(bands, buckets):
      bucket.setdefault(band[i], []).append(i)
  return drops
