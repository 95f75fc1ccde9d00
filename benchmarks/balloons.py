"""What is taken for paper: balloons and margins of drawn pictures, and what should have had colour.

    python benchmarks/balloons.py [--count=300] [--size=900] [--balloons=keep]

`synthetic` knows which pixels are balloons, bare paper and coloured.  A balloon counts as found
where 80 % of it is marked; what is marked and is no balloon counts as false.  Then, for drawings
that are no comics, how much of their coloured area is taken for paper (margin or balloon) and
would stay white: apart for those with bare paper about the figure, with gaps up to 4 units of 256
in their lines or wider ones, and for those that colour fills to the edges.  Of the last some are a
figure on a plain sky, which no line tells from a figure on paper.
"""

import argparse

import cv2
import numpy as np

from onepunch_jax.pages import paper
from onepunch_jax.synthetic import VOCABULARY, draw

BUBBLE = 'speech bubble'
SMALL = 0.0025  # of the sheet: less is a rest of a balloon behind something
CLOSED = 4  # units of 256: wider gaps in lines make a drawing open
PALE = 235  # regions whose flat colour has no channel below are white things
KINDS = ('paper, closed lines', 'paper, wide gaps', 'full bleed')


def shapes(mask: np.ndarray, least: float):
  """The connected parts of a mask that have at least `least` pixels."""
  count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
  return [labels == n for n in range(1, count) if stats[n, cv2.CC_STAT_AREA] >= least]


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--count', type=int, default=300)
  parser.add_argument('--size', type=int, default=900)
  parser.add_argument('--seed', type=int, default=3)
  parser.add_argument('--balloons', default='auto', choices=paper.BALLOONS)
  options = parser.parse_args()
  found, without, wrong, areas = {True: [], False: []}, 0, [], {}
  for n in range(options.count):
    tags = draw(options.seed, n, 32)['tags']
    spoken, comic = (tags[VOCABULARY.index(t)] > 0 for t in (BUBBLE, 'comic'))
    if not spoken and n % 3:
      continue
    without += not spoken
    drawing = draw(options.seed, n, options.size)
    line, regions = drawing['line'][..., 0], drawing['regions'][..., 0]
    taken = paper.find(line, 255, balloons=options.balloons)
    truth = np.zeros(line.shape, bool)
    if BUBBLE in drawing['parts']:
      truth = regions == drawing['parts'].index(BUBBLE)
    for one in shapes(truth, SMALL * truth.size):
      found[drawing['gap'] <= CLOSED].append(taken.balloons[one].mean() > 0.8)
    wrong += [n for one in shapes(taken.balloons, 1) if truth[one].mean() < 0.3]
    if not comic:
      clear, bare = line > 0.82 * 255, regions == 0
      colored = clear & ~bare & (drawing['flat'].min(-1) < PALE)
      kind = KINDS[2 if bare.mean() < 0.01 else drawing['gap'] > CLOSED]
      areas.setdefault(kind, []).append(
        [
          (colored & taken.paper).sum(),
          colored.sum(),
          (bare & clear & taken.paper).sum(),
          (bare & clear).sum(),
        ]
      )

  def of(ones):
    return f'{sum(ones)} of {len(ones)}'

  print(
    f'{of(found[True])} balloons found in closed lines or gaps up to {CLOSED} units, '
    f'{of(found[False])} in open ones; taken for one and none: {len(wrong)} {wrong} '
    f'({without} drawings have none)'
  )
  for kind in (k for k in KINDS if k in areas):
    false, colored, kept, bare = np.sum(areas[kind], 0)
    print(
      f'{kind}: {len(areas[kind])} drawings, {false / colored:.2%} of the coloured area is '
      f'taken for paper; {kept / max(bare, 1):.1%} of the bare paper is found'
    )


if __name__ == '__main__':
  main()
