"""Regions are joined: those with an open border, and small ones with a neighbour."""

import heapq

import numpy as np

from onepunch_jax.regions.geometry import LineMaps, border_values, neighbours
from onepunch_jax.regions.graph import Graph

THICK = 2.0  # px; ink of this half-width keeps even small regions apart
ROOM = 3.0  # px from walls; farther off a border is as open as can be


def join_open(labels: np.ndarray, distance: np.ndarray, open_from: float) -> np.ndarray:
  """Joins regions whose common border is open, the most open ones first.

  How open a border is, is the mean distance to walls on it, over that of the innermost pixel of
  the smaller region. A gap in a line leaves most of the border on the line. Where more is joined
  with a lower `open_from`, nothing that was joined comes apart.

  Args:
    labels: int32 [H, W], 0 .. n - 1.
    distance: float32 [H, W], px to walls.
    open_from: in [0, 1]; borders more open than this join.

  Returns:
    int32 [H, W], some of the labels.
  """
  count = int(labels.max()) + 1
  peak = np.full(count, 0.5, np.float32)
  np.maximum.at(peak, labels.ravel(), distance.ravel())
  peaks = np.minimum(peak, ROOM).tolist()
  graph, version = Graph(count), [0] * count
  pairs, length, mean, _ = border_values(labels, np.minimum(distance, ROOM), np.minimum)
  graph.connect(pairs, length, mean)
  queue: list[tuple[float, int, int, int, int]] = []

  def push(a: int, b: int) -> None:
    length, total = graph.beside[a][b]
    openness = total / (length * min(peaks[a], peaks[b]))
    if openness > open_from:
      heapq.heappush(queue, (-openness, a, b, version[a], version[b]))

  for a, b in pairs.tolist():
    push(a, b)
  while queue:
    _, a, b, of_a, of_b = heapq.heappop(queue)
    if graph.alive(a) and graph.alive(b) and version[a] == of_a and version[b] == of_b:
      graph.join(b, a)
      peaks[a] = max(peaks[a], peaks[b])
      version[a] += 1
      for other in list(graph.beside[a]):
        push(a, other)
  return graph.roots()[labels]


def join_small(
  labels: np.ndarray,
  line: np.ndarray,
  least: float,
  most: int | None,
  paper: float = 1.0,
  maps: LineMaps | None = None,
) -> np.ndarray:
  """Joins regions of less than `least` px, and the smallest ones of more than `most`.

  A region joins the neighbour with which it has the longest border for the ink that lies on it.
  Thick ink keeps small regions apart, except where there are too many.

  Args:
    labels: int32 [H, W], 0 .. n - 1.
    line: uint8 or float [H, W], as `segment` reads it.
    least: px.
    most: number of regions; None: any.
    paper: the level of blank paper as a share of white.
    maps: `geometry.line_maps` of the line art at this level, where they are known.

  Returns:
    int32 [H, W], some of the labels.
  """
  area = np.bincount(labels.ravel()).astype(float)
  count = len(area)
  most = count if most is None else most
  if count == 1 or (count <= most and area.min() >= least):
    return labels
  edges = neighbours(labels, line, paper, maps)
  graph = Graph(count)
  graph.connect(edges.pairs, edges.length, edges.ink)
  for thick in (THICK, np.inf):
    queue = [(size, n) for n, size in enumerate(area.tolist()) if graph.alive(n)]
    heapq.heapify(queue)
    left = len(queue)
    while queue:
      size, n = heapq.heappop(queue)
      if not graph.alive(n) or size != area[n]:
        continue
      if left <= most and (size >= least or thick > THICK):
        break
      into = _neighbour(graph.beside[n], thick)
      if into is None:
        continue
      graph.join(n, into)
      left -= 1
      area[into] += size
      heapq.heappush(queue, (area[into], into))
  return graph.roots()[labels]


def _neighbour(beside: dict[int, tuple[float, float]], thick: float) -> int | None:
  """The neighbour with the longest border for its ink; None where all ink is thick."""
  best, most = None, 0.0
  for n, (length, ink) in sorted(beside.items()):
    mean = ink / length
    if mean < thick and length / (1 + mean) > most:
      best, most = n, length / (1 + mean)
  return best
