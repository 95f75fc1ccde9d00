"""What the comparisons with originals found, for the table of benchmarks/faithfulness.py."""

import os
from typing import Any

import numpy as np

# test id -> kind ('output', 'gradient', 'loss') -> the largest difference over the largest entry
FOUND: dict[str, dict[str, float]] = {}


def record(kind: str, ours: Any, theirs: Any) -> None:
  """Keeps by how much two arrays differ, for the test that runs."""
  ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
  difference = np.abs(ours - theirs).max() / max(np.abs(theirs).max(), 1e-12)
  test = os.environ.get('PYTEST_CURRENT_TEST', '').rpartition(' ')[0].partition('[')[0]
  found = FOUND.setdefault(test, {})
  found[kind] = max(found.get(kind, 0.0), float(difference))
