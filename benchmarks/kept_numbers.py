"""Numbers that a benchmark keeps as it goes, so that a command that was stopped goes on."""

import json
import os
from typing import Any


def read(path: str) -> dict[str, Any]:
  """What `write` wrote; {} where there is no such file yet, or no path."""
  if not path or not os.path.exists(path):
    return {}
  with open(path, encoding='utf-8') as file:
    return json.load(file)


def write(path: str, numbers: dict[str, Any]) -> None:
  """Writes all numbers so far as JSON; without a path, nothing."""
  if path:
    with open(path, 'w', encoding='utf-8') as file:
      json.dump(numbers, file, indent=1)
