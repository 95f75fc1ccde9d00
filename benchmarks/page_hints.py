"""What hints are worth on whole drawings, through the colorizer that people use.

    python -m benchmarks.page_hints --checkpoint=regions=region_tokens \\
        --checkpoint=anyhint=runs/anyhint --data=OpenMoji=PATH --limit=60 --output=page_hints.json

Each drawing of --size px is coloured as a page (`Colorizer`), without hints and by dots of 3 x 3 px
of the true colours in the deepest places of its largest regions: the true ones where the data know
them, else the segmenter's. Prints foreground PSNR (dB), in brackets 95 % of a bootstrap over
drawings, beside *nearest hint* (evals/hints). Methods that read no hints have one column. --output
keeps the numbers; rows that are in it are not measured again.
"""

import argparse
from collections.abc import Callable, Iterator
from typing import Any

import jax.numpy as jnp
import numpy as np
from tqdm import tqdm

from benchmarks import card_rows, kept_numbers
from onepunch_jax.configs import common
from onepunch_jax.data import pipeline
from onepunch_jax.data.batch import cast
from onepunch_jax.data.records import is_prepared
from onepunch_jax.data.sources import SYNTHETIC
from onepunch_jax.evals.hints import nearest_hint
from onepunch_jax.log import show_log
from onepunch_jax.metrics.image import psnr
from onepunch_jax.pages.colorizer import Colorizer
from onepunch_jax.pages.hints import Hints

COUNTS = (0, 1, 2, 3, 5, 10, 50)
REGIONS = 128  # of a drawing, at most
Answer = Callable[[np.ndarray], np.ndarray]  # hints RGBA [H, W, 4] -> sRGB uint8 [H, W, 3]


def drawings(data: str, limit: int, size: int) -> Iterator[dict[str, np.ndarray]]:
  """Batches of one drawing of the validation split."""
  config = common.base().data
  known = data in SYNTHETIC or is_prepared(data)
  config.update(dict(path=data, size=size, eval_count=limit, train_keys=('line',)))
  config.eval_keys = ('rgb', 'flat', 'regions') if known else ('rgb',)
  yield from tqdm(pipeline.evaluation(config, 'val', batch_size=1, limit=limit), desc=data)


def answers(colorizer: Colorizer | None, batch: dict, line: np.ndarray) -> Answer:
  """What colours one drawing: a checkpoint, or for None *nearest hint*."""
  if colorizer is None:
    return lambda hints: np.round(255 * np.asarray(nearest_hint(_hinted(batch, hints))[0]))
  if colorizer.by_regions:
    session = colorizer.session(line)
    return lambda hints: session.answer(_some(hints)).page.rgb
  return lambda hints: colorizer(line, _some(hints))


def measure(run: str, data: str, limit: int, size: int) -> dict[str, list[float]]:
  """{number of hints: [mean, low, high]} of a checkpoint, or for '' of *nearest hint*."""
  colorizer = Colorizer.load(run) if run else None
  counts = COUNTS if colorizer is None or 'hint' in _inputs(colorizer) else COUNTS[:1]
  found: dict[int, list[float]] = {count: [] for count in counts}
  for raw in drawings(data, limit, size):
    batch, regions = cast(raw), card_rows.regions_of(raw, 0, REGIONS)
    paint = answers(colorizer, batch, raw['line'][0, ..., 0])
    for count in counts:
      rgb = paint(_rgba(card_rows.dots(regions, count)))[..., :3] / 255.0
      score = psnr(jnp.asarray(rgb, jnp.float32)[None], batch)[1]
      found[count].append(float(np.asarray(score)[0]))
  return {str(count): card_rows.interval(values) for count, values in found.items()}


def table(report: dict[str, dict[str, Any]]) -> str:
  """The numbers as Markdown: {data: {'pictures': N, row: {count: interval}}}."""
  lines = [f'| data | row | {" | ".join(f"{n} hints" for n in COUNTS)} |']
  lines.append('|---' * (2 + len(COUNTS)) + '|')
  for data, rows in report.items():
    for row, columns in rows.items():
      cells = [
        '{:.1f} ({:.1f} to {:.1f})'.format(*columns[str(n)]) for n in COUNTS if str(n) in columns
      ]
      cells += [''] * (len(COUNTS) - len(cells))
      lines.append(f'| {data} | {row} | {" | ".join(cells)} |')
  return '\n'.join(lines)


def _inputs(colorizer: Colorizer) -> tuple[str, ...]:
  return (*colorizer.method.inputs, *colorizer.method.optional_inputs)


def _hinted(batch: dict, hints: np.ndarray) -> dict[str, jnp.ndarray]:
  there = hints[..., 3:] > 0
  rgb = np.where(there, hints[..., :3] / 127.5 - 1, 0)
  hint = np.concatenate([rgb, there], -1).astype(np.float32)
  return {**{k: jnp.asarray(x) for k, x in batch.items()}, 'hint': jnp.asarray(hint[None])}


def _rgba(dots: np.ndarray) -> np.ndarray:
  """float32 [H, W, 4] in [-1, 1] with a mask -> uint8 RGBA."""
  rgb = np.round(127.5 + 127.5 * dots[..., :3])
  return np.concatenate([rgb, 255 * dots[..., 3:]], -1).astype(np.uint8)


def _some(hints: np.ndarray) -> Hints | None:
  return Hints.make(hints, hints.shape[:2]) if hints[..., 3].any() else None


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--checkpoint', action='append', default=[], help='NAME=RUN; repeatable')
  parser.add_argument('--data', action='append', default=[], help='NAME=FOLDER; repeatable')
  parser.add_argument('--limit', type=int, default=60, help='drawings of a row')
  parser.add_argument('--size', type=int, default=256, help='side of the drawings, px')
  parser.add_argument('--output', default='', help='a JSON file that keeps the numbers')
  options = parser.parse_args()
  show_log()
  report = kept_numbers.read(options.output)
  rows = [text.partition('=')[::2] for text in options.checkpoint] + [('*nearest hint*', '')]
  sources = [('procedural', 'synthetic'), *(text.partition('=')[::2] for text in options.data)]
  for data, path in sources:
    for row, run in rows:
      if row in report.setdefault(data, {}):
        continue
      report[data][row] = measure(run, path, options.limit, options.size)
      kept_numbers.write(options.output, report)
  print(table(report))


if __name__ == '__main__':
  main()
