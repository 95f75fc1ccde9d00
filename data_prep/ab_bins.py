"""The bins of the ab plane that a set of coloured pictures uses, and how often: for zhang16.

    python -m data_prep.ab_bins --data=synthetic --output=bins.npz
    python -m onepunch_jax.main --config=configs/zhang16.py --config.method.bins=bins.npz ...

Bins are 10 x 10, centred on multiples of 10; those of fewest pixels are left out beyond --most (274
is what Manga-Colouring found in its data).  Memory holds one picture at a time.
"""

from __future__ import annotations

import os
import sys

import numpy as np
from absl import app, flags
from tqdm import tqdm

from onepunch_jax.data import sources
from onepunch_jax.ops import color


def count(source, pictures: int) -> np.ndarray:
  """Pixels in each of the 23 x 23 bins of the plane, [529], over the first `pictures`."""
  total = np.zeros((23, 23))
  for i in tqdm(range(min(pictures, len(source))), unit='picture', disable=None):
    ab = np.asarray(color.rgb_to_lab(source[i]['rgb'].reshape(-1, 3) / np.float32(255)))[:, 1:]
    place = np.clip(np.round(ab / 10).astype(int) + 11, 0, 22)
    np.add.at(total, (place[:, 0], place[:, 1]), 1)
  return total.reshape(-1)


def choose(total: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
  """(bins [Q, 2], prior [Q]) of the at most `most` fullest bins that occur."""
  kept = np.sort(np.argsort(-total, kind='stable')[:most])
  kept = kept[total[kept] > 0]
  bins = np.stack([kept // 23, kept % 23], -1) * 10.0 - 110
  return bins.astype(np.float32), (total[kept] / total[kept].sum()).astype(np.float32)


def main(argv) -> None:
  f = flags.FLAGS
  try:
    source = sources.make(f.data, 'train', size=f.size, count=f.pictures, seed=0, on_bad='skip')
  except ValueError as error:
    sys.exit(f'error: {error}')
  bins, prior = choose(count(source, f.pictures), f.most)
  tmp = f'{f.output}.tmp.{os.getpid()}.npz'
  np.savez(tmp, bins=bins, prior=prior)
  os.replace(tmp, f.output)
  print(
    f'{f.output}: {len(bins)} bins from {min(f.pictures, len(source))} pictures; the fullest '
    f'has {prior.max():.1%} of the pixels'
  )


if __name__ == '__main__':
  flags.DEFINE_string('data', 'synthetic', "folder of pairs or record shards, or 'synthetic'")
  flags.DEFINE_string('output', None, 'the file of bins (.npz)', required=True)
  flags.DEFINE_integer('pictures', 2000, 'pictures to look at')
  flags.DEFINE_integer('size', 128, 'size at which `synthetic` draws')
  flags.DEFINE_integer('most', 313, 'bins at most')
  app.run(main)
