"""Trains the net that closes gaps in lines, on drawings made here, and writes its weights.

    python -m launch.train_line_distance --output=line_distance.npz
    python -m launch.train_line_distance --start=line_distance.npz --minutes=10 --output=better.npz

By default it takes 15 minutes of a machine with two cores that does nothing else: `--minutes`
counts half of the processor time it uses, so that other work makes it slower, not worse. Most
drawings get other gaps than their own, 1 to 16 px at 256; two in three have screentone, hatching,
solid blacks or another technique, whose ink is no border of a region. Weights are float16.
"""

import argparse
import functools
import multiprocessing
import os

import cv2
import jax
import jax.numpy as jnp
import numpy as np

from launch import small_nets
from onepunch_jax.nets.line_distance import Model
from onepunch_jax.regions.distance import gap_weights, line_distance
from onepunch_jax.synthetic.draw import draw

SIDE = 192  # px of a crop
SIZES = (192, 256, 256, 320, 400)  # px of the drawings that it is cut from
OWN_GAPS = 0.3  # share of the drawings that keep their own
WIDEST = 16  # px at 256
SEED = 0


def crop(index: int) -> tuple[np.ndarray, np.ndarray]:
  """Line art and regions uint8 [SIDE, SIDE] of a place in a drawing."""
  cv2.setNumThreads(1)
  rng = np.random.default_rng([77, index])
  size = int(rng.choice(SIZES))
  gap = None if rng.random() < OWN_GAPS else int(rng.integers(1, WIDEST + 1))
  record = draw(SEED, index, size, gap, all_techniques=True)
  y, x = (int(rng.integers(0, size - SIDE + 1)) for _ in 'yx')
  place = np.s_[y : y + SIDE, x : x + SIDE, 0]
  return record['line'][place], record['regions'][place]


def crops(count: int, folder: str) -> tuple[np.ndarray, np.ndarray]:
  """The line art and the regions of `count` crops, kept in `folder` where there is one."""
  paths = [os.path.join(folder, name) for name in ('line.npy', 'reg.npy')]
  if not (folder and all(map(os.path.exists, paths))):
    with multiprocessing.get_context('spawn').Pool(os.cpu_count()) as pool:
      made = pool.map(crop, range(count), chunksize=50)
    arrays = [np.stack(part) for part in zip(*made)]
    if not folder:
      return arrays[0], arrays[1]
    os.makedirs(folder, exist_ok=True)
    for path, array in zip(paths, arrays):
      np.save(path, array)
  lines, regions = (np.load(path, mmap_mode='r') for path in paths)
  return lines, regions


def scanned(line: np.ndarray, rng: np.random.Generator) -> np.ndarray:
  """Line art as scanners and programs leave it: blurred, grainy, paler, or black and white."""
  line = line.astype(np.float32)
  kind = rng.random()
  if kind < 0.15:
    line = cv2.GaussianBlur(line, (0, 0), rng.uniform(0.3, 0.9))
  elif kind < 0.3:
    line = np.where(line > rng.uniform(110, 200), np.float32(255), np.float32(0))
  elif kind < 0.4:
    line = line + rng.normal(0, rng.uniform(2, 12), line.shape).astype(np.float32)
  elif kind < 0.5:
    line = 255 - (255 - line) * np.float32(rng.uniform(0.5, 0.95))
  return np.clip(line, 0, 255)


def batch(
  lines: np.ndarray, regions: np.ndarray, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, ...]:
  """Line art in [-1, 1], distances in px and weights, float32 [count, SIDE, SIDE, 1] each."""
  out = []
  for n in rng.integers(0, len(lines), count):
    turns, mirrored = int(rng.integers(4)), bool(rng.integers(2))
    line, region = (np.rot90(x[n], turns) for x in (lines, regions))
    line, region = (np.ascontiguousarray(x[:, :: -1 if mirrored else 1]) for x in (line, region))
    out.append((scanned(line, rng) / 127.5 - 1, line_distance(region), gap_weights(region, line)))
  return tuple(np.stack(part)[..., None].astype(np.float32) for part in zip(*out))


def loss(distance: jax.Array, away: jax.Array, weight: jax.Array) -> jax.Array:
  """The mean error of distances [B, H, W, 1] in px, weighted, by the logarithm.

  What counts is how narrow a place is beside the room that it leads to.
  """
  error = jnp.abs(jnp.log1p(distance) - jnp.log1p(away))
  return (weight * error).sum() / weight.sum()


def train(options: argparse.Namespace) -> None:
  """Trains the net and writes its weights; options of `small_nets.read_options`."""
  lines, regions = crops(options.drawings, options.cache)
  draw_batch = functools.partial(batch, lines, regions, options.batch)
  small_nets.train(options, Model(), draw_batch, loss)


def main() -> None:
  train(small_nets.read_options(__doc__, minutes=15, drawings=12000))


if __name__ == '__main__':
  main()
