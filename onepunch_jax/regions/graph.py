"""The graph of regions that touch, whose nodes can be joined: what lies on each border is kept."""

import numpy as np


class Graph:
  """Regions 0 .. n - 1 and, of each pair that touches, its border's length and a sum over it.

  Attributes:
    beside: of each region, {neighbour: (length in px, sum of the values on the border)}.
    parent: of each region, what it was joined to, or itself.
  """

  def __init__(self, count: int):
    self.beside: list[dict[int, tuple[float, float]]] = [{} for _ in range(count)]
    self.parent = list(range(count))

  def connect(self, pairs: np.ndarray, length: np.ndarray, mean: np.ndarray) -> None:
    """Adds borders: int [m, 2] pairs of regions, float [m] px, float [m] mean values."""
    for (a, b), n, value in zip(pairs.tolist(), length.tolist(), mean.tolist()):
      self.beside[a][b] = self.beside[b][a] = n, n * value

  def join(self, gone: int, into: int) -> None:
    """Joins a region to another one, with its borders."""
    self.parent[gone] = into
    for other, (length, total) in self.beside[gone].items():
      del self.beside[other][gone]
      if other != into:
        before = self.beside[into].get(other, (0.0, 0.0))
        both = before[0] + length, before[1] + total
        self.beside[into][other] = self.beside[other][into] = both
    self.beside[gone] = {}

  def alive(self, n: int) -> bool:
    """Whether a region was not joined to another one."""
    return self.parent[n] == n

  def roots(self) -> np.ndarray:
    """int32 [n]: the region of which each one is part now."""
    roots = np.arange(len(self.parent), dtype=np.int32)
    for n in range(len(roots)):
      root = n
      while self.parent[root] != root:
        root = self.parent[root]
      roots[n] = self.parent[n] = root
    return roots
