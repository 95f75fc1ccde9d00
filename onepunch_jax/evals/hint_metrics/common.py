"""What hint metrics have in common: the size of dots, and the record of a drawing's scores."""

from collections.abc import Sequence


def side(size: int, shape: Sequence[int]) -> int:
  """Pixels of a length that is `size` at 256 px, in a picture of `shape`."""
  return max(1, round(size * min(shape[:2]) / 256))
