"""Small regions join a neighbour: clutter is no token, and a page has a limited number of them."""

import heapq

import numpy as np

from onepunch_jax.regions.geometry import neighbours

THICK = 2.0  # px; ink of this half-width keeps even small regions apart


def join_small(
  labels: np.ndarray,
  line: np.ndarray,
  least: float,
  most: int | None,
  paper: float = 1.0,
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

  Returns:
    int32 [H, W], some of the labels.
  """
  area = np.bincount(labels.ravel()).astype(float)
  count = len(area)
  most = count if most is None else most
  if count == 1 or (count <= most and area.min() >= least):
    return labels
  edges = neighbours(labels, line, paper)
  beside: list[dict[int, tuple[float, float]]] = [{} for _ in range(count)]
  for (a, b), length, ink in zip(edges.pairs.tolist(), edges.length.tolist(), edges.ink.tolist()):
    beside[a][b] = beside[b][a] = length, length * ink
  parent = list(range(count))
  for thick in (THICK, np.inf):
    queue = [(size, n) for n, size in enumerate(area.tolist()) if parent[n] == n]
    heapq.heapify(queue)
    left = len(queue)
    while queue:
      size, n = heapq.heappop(queue)
      if parent[n] != n or size != area[n]:
        continue
      if left <= most and (size >= least or thick > THICK):
        break
      into = _neighbour(beside[n], thick)
      if into is None:
        continue
      parent[n] = into
      left -= 1
      area[into] += size
      for other, (length, ink) in beside[n].items():
        del beside[other][n]
        if other != into:
          old = beside[into].get(other, (0.0, 0.0))
          beside[into][other] = beside[other][into] = old[0] + length, old[1] + ink
      beside[n] = {}
      heapq.heappush(queue, (area[into], into))
  return np.array([_root(parent, n) for n in range(count)], np.int32)[labels]


def _neighbour(beside: dict[int, tuple[float, float]], thick: float) -> int | None:
  """The neighbour with the longest border for its ink; None where all ink is thick."""
  best, most = None, 0.0
  for n, (length, ink) in sorted(beside.items()):
    mean = ink / length
    if mean < thick and length / (1 + mean) > most:
      best, most = n, length / (1 + mean)
  return best


def _root(parent: list[int], n: int) -> int:
  while parent[n] != n:
    n = parent[n]
  return n
