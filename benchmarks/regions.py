"""How well the segmenter finds the true regions of held-out drawings, by the width of their gaps.

    python benchmarks/regions.py                # 180 drawings, 30 at each width
    python benchmarks/regions.py --techniques   # by technique: screentone, hatching, icons ...
    python benchmarks/regions.py --page         # seconds for a page of 1200 x 1800, too

Rows: trapped balls as they are; the segmenter without a net, and with the net that closes gaps.

Purity is the share of a drawing's area that lies in the main true region of its segment, inverse
purity the share that lies in the main segment of its true region. Both are taken by part (all
pieces of a part are one region, as its colour is one) and by piece (the connected pieces of each
part). F1 counts pieces and segments of at least 16 px that overlap by more than half of their
union. The drawings of seed 1 are in no training set.
"""

import argparse
import time
from collections.abc import Callable

import cv2
import numpy as np

from onepunch_jax.pages.line_distance import predict
from onepunch_jax.regions.balls import nearest, trapped_balls
from onepunch_jax.regions.ink import is_ink, without_dots
from onepunch_jax.regions.segment import DOT, gap_width, segment
from onepunch_jax.synthetic.draw import draw
from onepunch_jax.synthetic.techniques import NONE, technique_of

TECHNIQUES = ('screentone', 'hatching', 'blacks', 'patterns', 'texture', 'icon')
GAPS = (0, 2, 4, 8, 12, 16)
SEED, FIRST, SIZE, LEAST = 1, 5000, 256, 16


def plain_balls(line: np.ndarray) -> np.ndarray:
  """int32 [H, W]: trapped balls and nothing else, what flats were made with before."""
  light = 1 - without_dots(is_ink(line), DOT * min(line.shape)).astype(np.uint8)
  between = cv2.distanceTransform(light, cv2.DIST_L2, 5)
  return nearest(trapped_balls(between, gap_width(line.shape) / 2)) - 1


def with_net(line: np.ndarray) -> np.ndarray:
  return segment(line, distance=predict(line))


SEGMENTERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
  'trapped balls': plain_balls,
  'segmenter, no net': segment,
  'segmenter, net': with_net,
}


def pieces(regions: np.ndarray) -> np.ndarray:
  """int32 [H, W]: the connected pieces of each region, 0 .. n - 1."""
  out, count = np.zeros(regions.shape, np.int32), 0
  for part in np.unique(regions):
    number, labels = cv2.connectedComponents((regions == part).astype(np.uint8), connectivity=4)
    out = np.where(labels > 0, labels + count - 1, out)
    count += number - 1
  return out


def table_of(labels: np.ndarray, truth: np.ndarray) -> np.ndarray:
  """float [segments, regions]: pixels in common."""
  count = int(truth.max()) + 1
  codes = labels.ravel().astype(np.int64) * count + truth.ravel()
  return np.bincount(codes, minlength=(int(labels.max()) + 1) * count).reshape(-1, count) * 1.0


def scores(labels: np.ndarray, parts: np.ndarray, pieces: np.ndarray) -> list[float]:
  """[purity, inverse and harmonic mean by part, the last two by piece, F1, segments]."""
  row: list[float] = []
  for truth in (parts, pieces):
    common = table_of(labels, truth)
    purity, inverse = (common.max(axis).sum() / labels.size for axis in (1, 0))
    row += [purity, inverse, 2 * purity * inverse / (purity + inverse)][bool(row) :]
  mine, true = common.sum(1, keepdims=True), common.sum(0, keepdims=True)
  overlap = common / (mine + true - common)
  found = ((overlap > 0.5) & (mine >= LEAST) & (true >= LEAST)).any(0).sum()
  return [*row, 2 * found / max((mine >= LEAST).sum() + (true >= LEAST).sum(), 1), len(mine)]


def line_of(name: str, rows: np.ndarray) -> str:
  """A row of the table: means, and the 10th percentile of purity over drawings."""
  low = np.percentile(rows[:, 0], 10)
  mean = rows.mean(0)
  cells = [mean[0], low, *mean[1:6]]
  return f'| {name} | ' + ' | '.join(f'{v:.3f}' for v in cells) + f' | {mean[6]:.0f} |'


def measured(record: dict) -> dict[str, list[float]]:
  """The scores of each segmenter on a drawing."""
  line, parts = record['line'][..., 0], record['regions'][..., 0]
  true = pieces(parts)
  return {name: scores(run(line), parts, true) for name, run in SEGMENTERS.items()}


def show(column: str, tables: dict[str, list[dict[str, list[float]]]]) -> None:
  """Prints a row for each label and segmenter."""
  head = 'purity | p10 | inverse | harmonic | inverse, pieces | harmonic, pieces | F1 | segments |'
  print(f'| segmenter | {column} | {head}\n|{"---|" * 10}')
  for label, drawings in tables.items():
    for name in SEGMENTERS:
      print(line_of(f'{name} | {label}', np.array([d[name] for d in drawings])))


def measure(count: int) -> None:
  """Prints the tables for `count` drawings at each width, the same ones."""
  of_width = {
    gap: [measured(draw(SEED, FIRST + n, SIZE, gap)) for n in range(count)] for gap in (None, *GAPS)
  }
  every = [d for gap in GAPS for d in of_width[gap]]
  show('gap', {'own': of_width[None], 'all below': every, **{str(g): of_width[g] for g in GAPS}})


def by_technique(count: int) -> None:
  """Prints the tables for `count` drawings that have each technique, and for plain ones."""
  tables: dict[str, list] = {name: [] for name in ('none', *TECHNIQUES)}
  index = FIRST
  while any(len(drawings) < count for drawings in tables.values()):
    technique = technique_of(SEED, index)
    names = [name for name in TECHNIQUES if getattr(technique, name)]
    names = [n for n in ('none',) if technique is NONE] + names
    if any(len(tables[name]) < count for name in names):
      row = measured(draw(SEED, index, SIZE, all_techniques=True))
      for name in names:
        tables[name] = (tables[name] + [row])[:count]
    index += 1
  show('technique', tables)


def page() -> None:
  """Prints the seconds for a page of 1200 x 1800, the best of three."""
  line = cv2.resize(draw(SEED, FIRST, 1800)['line'][..., 0], (1200, 1800))
  for name, run in SEGMENTERS.items():
    seconds = []
    for _ in range(4):
      clock = time.perf_counter()
      run(line)
      seconds.append(time.perf_counter() - clock)
    print(f'{name}: {min(seconds[1:]):.2f} s')


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--count', type=int, default=30, help='drawings at each width of gaps')
  parser.add_argument('--techniques', action='store_true', help='by technique, not by gap')
  parser.add_argument('--page', action='store_true', help='time a page, too')
  options = parser.parse_args()
  (by_technique if options.techniques else measure)(options.count)
  if options.page:
    page()


if __name__ == '__main__':
  main()
