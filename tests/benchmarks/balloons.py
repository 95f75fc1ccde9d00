"""How many speech balloons of drawn comics are found, and what is taken for one.

    python tests/benchmarks/balloons.py [--count=300] [--size=900]

`drawn` knows which pixels are balloons.  One counts as found where 80 % of it is marked; what is
marked and is no balloon counts as false: it would stay white.  The drawings' lettering is scribbled
and a third of their outlines have gaps, so real pages are easier.
"""

import argparse

import cv2
import numpy as np

from onepunch_jax.data.drawn import VOCABULARY, draw
from onepunch_jax.pages import paper

TAG = 'speech bubble'
SMALL = 0.0025  # of the sheet: less is a rest of a balloon behind something


def shapes(mask, least):
  """The connected parts of a mask that have at least `least` pixels."""
  count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
  return [labels == n for n in range(1, count) if stats[n, cv2.CC_STAT_AREA] >= least]


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--count', type=int, default=300)
  parser.add_argument('--size', type=int, default=900)
  parser.add_argument('--seed', type=int, default=3)
  given = parser.parse_args()
  found, balloons, without, wrong = 0, 0, 0, []
  for n in range(given.count):
    spoken = draw(given.seed, n, 32)['tags'][VOCABULARY.index(TAG)] > 0
    if not spoken and n % 3:
      continue
    without += not spoken
    drawing = draw(given.seed, n, given.size)
    marked = paper.find(drawing['line'][..., 0], 255).balloons
    parts = drawing['parts']
    truth = np.zeros(marked.shape, bool)
    if TAG in parts:
      truth = drawing['regions'][..., 0] == parts.index(TAG)
    for one in shapes(truth, SMALL * truth.size):
      balloons += 1
      found += marked[one].mean() > 0.8
    wrong += [n for one in shapes(marked, 1) if truth[one].mean() < 0.3]
  print(f'{found} of {balloons} balloons found; taken for one and none: {len(wrong)} {wrong} '
        f'({without} drawings have none)')


if __name__ == '__main__':
  main()
