"""Trains the net that shades flat colours, on drawings made here, and writes its weights.

    python -m launch.train_shading --output=onepunch_jax/weights/shading_masks.npz

By default it takes 12 minutes of a machine with two cores that does nothing else: `--minutes`
counts half of the processor time it uses. The net sees lines, flats, the distance to lines, where
the light comes from and whether shading is cel or soft; it learns where the drawings have shadow
and light, by cross-entropy, Dice (Milletari et al. 2016) and total variation. Weights are float16.
"""

import argparse
import functools
import multiprocessing
import os

import cv2
import jax
import jax.numpy as jnp
import numpy as np
import optax

from launch import small_nets
from onepunch_jax.nets.shading_masks import INPUTS, Model
from onepunch_jax.pages.shading import inputs
from onepunch_jax.regions.distance import CAP, line_distance
from onepunch_jax.synthetic.draw import draw
from onepunch_jax.synthetic.style import style_of

SIDE = 192  # px of a crop
SIZES = (192, 256, 256, 320, 400)  # px of the drawings that it is cut from
SEED = 0
NEUTRAL = 128  # of a drawing's tone
LIT = 60  # tone above it of full light
SMOOTH = 0.02  # weight of the total variation


def targets(record: dict, depth: int) -> np.ndarray:
  """uint8 [H, W, 2]: 255 where shadow and where light is full; of a drawing with `depth`."""
  away = record['tone'][..., 0].astype(np.float32) - NEUTRAL
  both = np.stack([-away / max(depth, 1), away / LIT], -1)
  return np.round(255 * np.clip(both, 0, 1)).astype(np.uint8)


def example(index: int) -> np.ndarray:
  """uint8 [SIDE, SIDE, 7]: line, flats, distance, shadow, light of a place in a shaded drawing."""
  cv2.setNumThreads(1)
  rng = np.random.default_rng([78, index])
  size = int(rng.choice(SIZES))
  style, _ = style_of(SEED, index)
  record = draw(SEED, index, size, all_techniques=bool(rng.random() < 0.3))
  y, x = (int(rng.integers(0, size - SIDE + 1)) for _ in 'yx')
  place = np.s_[y : y + SIDE, x : x + SIDE]
  away = line_distance(record['regions'][..., 0])[place] * (255 / CAP)
  distance = np.round(away).astype(np.uint8)[..., None]
  parts = (record['line'][place], record['flat'][place], distance)
  return np.concatenate([*parts, targets(record, style.depth)[place]], -1)


def shaded(count: int) -> list[int]:
  """The first `count` drawings that have shading."""
  return [i for i in range(2 * count) if style_of(SEED, i)[0].depth][:count]


def examples(count: int, folder: str) -> tuple[list[int], np.ndarray]:
  """Numbers of drawings and their examples, kept in `folder` where there is one."""
  indices, path = shaded(count), os.path.join(folder, 'shading.npy')
  if folder and os.path.exists(path):
    return indices, np.load(path, mmap_mode='r')
  with multiprocessing.get_context('spawn').Pool(os.cpu_count()) as pool:
    made = np.stack(pool.map(example, indices, chunksize=50))
  if folder:
    os.makedirs(folder, exist_ok=True)
    np.save(path, made)
  return indices, made


def batch(
  indices: list[int], made: np.ndarray, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
  """Inputs [count, SIDE, SIDE, INPUTS] and masks [count, SIDE, SIDE, 2], float32."""
  planes = np.empty((count, SIDE, SIDE, INPUTS), np.float32)
  wanted = np.empty((count, SIDE, SIDE, 2), np.float32)
  for k, n in enumerate(rng.integers(0, len(made), count)):
    style, _ = style_of(SEED, indices[n])
    picture, (x, y) = made[n], style.light
    if rng.integers(2):
      picture, x = picture[:, ::-1], -x
    distance = picture[..., 4].astype(np.float32) * np.float32(CAP / 255)
    soft = style.shading == 'soft'
    planes[k] = inputs(picture[..., 0], _recolored(picture[..., 1:4], rng), distance, (x, y), soft)
    wanted[k] = picture[..., 5:7] / np.float32(255)
  return planes, wanted


def _recolored(flats: np.ndarray, rng: np.random.Generator) -> np.ndarray:
  """Half of the flats in another palette: channels change places and contrast."""
  if rng.random() < 0.5:
    return flats
  return flats[..., rng.permutation(3)] * rng.uniform(0.6, 1.0, 3).astype(np.float32)


def loss(logits: jax.Array, wanted: jax.Array) -> jax.Array:
  """Cross-entropy + Dice + total variation of masks [B, H, W, 2]."""
  entropy = optax.sigmoid_binary_cross_entropy(logits, wanted).mean()
  chance = jax.nn.sigmoid(logits)
  common, total = (chance * wanted).sum((1, 2)), (chance**2 + wanted**2).sum((1, 2))
  dice = 1 - ((2 * common + 20) / (total + 20)).mean()
  variation = sum(jnp.abs(jnp.diff(chance, axis=axis)).mean() for axis in (1, 2))
  return entropy + 0.5 * dice + SMOOTH * variation


def train(options: argparse.Namespace) -> None:
  """Trains the net and writes its weights; options of `small_nets.read_options`."""
  indices, made = examples(options.drawings, options.cache)
  draw_batch = functools.partial(batch, indices, made, options.batch)
  small_nets.train(options, Model(), draw_batch, loss)


def main() -> None:
  train(small_nets.read_options(__doc__, minutes=12, drawings=8000))


if __name__ == '__main__':
  main()
