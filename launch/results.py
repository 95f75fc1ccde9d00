"""What a sweep found: a table sorted by a metric, and a bar chart of it."""

import math
import os
from collections.abc import Mapping

from PIL import Image, ImageDraw, ImageFont

from onepunch_jax.reports import metrics_log
from onepunch_jax.reports.markdown import grid


def last(workdir: str, metric: str) -> float:
  """The last value of a metric in a run; NaN where it has none."""
  found = [r[metric] for r in metrics_log.read(workdir) if r.get(metric) is not None]
  return found[-1] if found else math.nan


def write(workdirs: Mapping[str, str], ends: Mapping[str, str], metric: str, output: str) -> str:
  """Writes sweep.md and sweep.png into `output`; returns the table.

  Args:
    workdirs: {point: folder of its run}.
    ends: {point: 'done', 'failed' or 'stopped'}.
    metric: what points are sorted by, the largest first; points without it come last.
    output: a folder.
  """
  values = {name: last(workdir, metric) for name, workdir in workdirs.items()}
  known = sorted((n for n in values if not math.isnan(values[n])), key=values.get)
  order = [*reversed(known), *(n for n in values if math.isnan(values[n]))]
  rows = [[n, f'{values[n]:.3f}' if n in known else '', ends.get(n, '')] for n in order]
  table = grid(['point', metric, ''], rows)
  os.makedirs(output, exist_ok=True)
  with open(os.path.join(output, 'sweep.md'), 'w', encoding='utf-8') as f:
    f.write(table + '\n')
  chart({n: values[n] for n in order}, metric).save(os.path.join(output, 'sweep.png'))
  return table


def chart(values: Mapping[str, float], title: str) -> Image.Image:
  """Horizontal bars from the smallest to the largest value, one a point."""
  font, row, width = ImageFont.load_default(13), 22, 420
  label = max(int(font.getlength(n)) for n in [*values, title]) + 16
  picture = Image.new('RGB', (label + width + 80, row * (len(values) + 1) + 10), 'white')
  draw = ImageDraw.Draw(picture)
  draw.text((8, 4), title, 'black', font)
  known = [v for v in values.values() if not math.isnan(v)]
  low, high = (min(0.0, *known), max(0.0, *known)) if known else (0.0, 1.0)
  for i, (name, value) in enumerate(values.items(), 1):
    top = i * row + 6
    draw.text((8, top), name, 'black', font)
    if not math.isnan(value):
      scale = width / ((high - low) or 1)
      left, right = (label + scale * (x - low) for x in (min(value, 0), max(value, 0)))
      draw.rectangle((left, top, right, top + row - 8), '#4477aa')
    text = 'none' if math.isnan(value) else f'{value:.3f}'
    draw.text((label + width + 8, top), text, 'black', font)
  return picture
