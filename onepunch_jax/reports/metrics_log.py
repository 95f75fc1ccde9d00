"""Reading metrics.jsonl, the log of a run."""

import json
import os

from onepunch_jax.weights.config_versions import metric_name


def read(workdir: str) -> list[dict[str, float]]:
  """The whole rows of workdir/metrics.jsonl under the names of today; [] where there is no file."""
  path = os.path.join(workdir, 'metrics.jsonl')
  if not os.path.exists(path):
    return []
  with open(path, encoding='utf-8') as f:
    rows = [json.loads(line) for line in f if line.endswith('\n')]
  return [{metric_name(key): value for key, value in row.items()} for row in rows]
