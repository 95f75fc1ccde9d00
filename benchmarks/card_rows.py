"""What the model card measures of a checkpoint: hints, skin, cost. See benchmarks/model_card.py."""

import functools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax import synthetic
from onepunch_jax.data import pipeline, records
from onepunch_jax.data.batch import cast
from onepunch_jax.data.sources import SYNTHETIC
from onepunch_jax.evals.hints import nearest_hint
from onepunch_jax.metrics.image import compare, psnr
from onepunch_jax.ops import color
from onepunch_jax.regions import tokens
from onepunch_jax.regions.colors import majority_colors
from onepunch_jax.regions.geometry import describe
from onepunch_jax.regions.ink import is_ink
from onepunch_jax.synthetic.tags import NOUN_NAMES
from onepunch_jax.weights.runs import load_for_inference

COUNTS = (0, 1, 5, 20)  # hints, on the largest regions
BATCH = 16
DRAWS = 1000  # of the bootstrap
SAMPLES = 3  # variants of each drawing, for skin
LIGHTNESS = (0, 40, 55, 70, 85, 101)  # edges of bins of CIE L*
# Runs a command; prints its processor seconds and its peak memory in KiB. It is a small process,
# since what a large one starts counts that one's memory as its own.
MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
FAR = 25  # CIE76 from every skin colour that was painted: no skin at all
SEED = 1  # of the procedural drawings of 'val'
HELD_OUT = 24  # drawings of each style that is held out
STYLES = {  # rows of what open art holds out: the recipe's name of a style
  'micah': 'micah',
  'adventurer, other hair': 'adventurer',
  'open-peeps, other heads': 'open-peeps',
  'comicgen, ringo and priya': 'comicgen',
}


def hints(run: str, data: str, split: str, limit: int) -> dict[str, Any]:
  """Foreground PSNR by number of hints, of the checkpoint and of *nearest hint*, and dE00.

  A hint is a dot of a region's true colour at its deepest pixel. Regions are the true ones where
  the data know them, else the segmenter's.

  Args:
    run: a run, file or name.
    data: a folder of pairs or records, or 'synthetic'.
    split: which of it.
    limit: how many pictures, at most.

  Returns:
    {'pictures': N, 'model': {count: [mean, low, high]}, 'nearest': ..., 'de00': [mean, low, high]}.
  """
  method, variables, config = load_for_inference(run)
  count = config.data.tokens
  config.data.update(dict(path=data, unpaired='', tokens=0, eval_count=limit))
  known = data in SYNTHETIC or records.is_prepared(data)
  config.data.eval_keys = ('rgb', 'flat', 'regions') if known else ('rgb',)
  config.data.train_keys = ('line',)
  key = jax.random.key(0)
  paint = jax.jit(lambda batch: method.colorize(variables, batch, key))
  found: dict[str, Any] = {'model': {}, 'nearest': {}, 'de00': []}
  for raw in pipeline.evaluation(config.data, split, batch_size=BATCH, limit=limit):
    valid = raw['valid'] > 0
    batch = {k: jnp.asarray(x) for k, x in cast(raw).items()}
    batch['tags'] = jnp.zeros((BATCH, config.data.tags))
    tables = [regions_of(raw, i, count) for i in range(BATCH)]
    for number in COUNTS:
      hint = np.stack([dots(table, number) for table in tables])
      hinted = {**batch, 'hint': jnp.asarray(hint)}
      for name, answer in (('model', paint(hinted)), ('nearest', nearest_hint(hinted))):
        score = np.asarray(psnr(answer, batch)[1])[valid]
        found[name].setdefault(str(number), []).extend(score)
        if name == 'model' and not number:
          found['de00'].extend(np.asarray(compare(answer, batch)['de00'])[valid])
  pictures = len(found['de00'])
  return {
    'pictures': pictures,
    'de00': interval(found['de00']),
    **{n: {c: interval(v) for c, v in found[n].items()} for n in ('model', 'nearest')},
  }


def held_out(run: str, packages: str, limit: int, style: str) -> dict[str, Any]:
  """The row of what open art leaves out of training in one of its styles."""
  with tempfile.TemporaryDirectory() as folder:
    output = os.path.join(folder, 'test')
    recipe = [sys.executable, '-m', 'data_prep.recipes.open_art', '--part=test', '--colorings=1']
    how = [
      f'--only={style}',
      f'--output={output}',
      f'--source={packages}',
      f'--count={HELD_OUT}',
      '--workers=2',
    ]
    subprocess.run([*recipe, *how], check=True, capture_output=True)
    return hints(run, output, 'test', limit)


def hint_rows(
  run: str, packages: str, data: Sequence[str], limit: int
) -> dict[str, Callable[[], dict[str, Any]]]:
  """What measures `hints` of a checkpoint on each data, by the name of its row.

  Args:
    run: a run, file or name.
    packages: the folder of packages of open art; '' leaves out what that holds out.
    data: NAME=FOLDER of pairs.
    limit: how many pictures of each, at most.
  """
  rows = {'procedural drawings': functools.partial(hints, run, 'synthetic', 'val', limit)}
  if packages:
    for name, style in STYLES.items():
      rows[name] = functools.partial(held_out, run, packages, limit, style)
  for name, _, folder in (text.partition('=') for text in data):
    rows[name] = functools.partial(hints, run, folder, 'val', limit)
  return rows


def regions_of(raw: dict[str, np.ndarray], i: int, count: int) -> tuple[np.ndarray, ...]:
  """What hints are for: labels [H, W] by area; of the labels that are not ink for the most part,
  which nobody hints, their numbers [m]; places of all deepest pixels [n, 2]; all colours [n, 3].
  """
  line = raw['line'][i, ..., 0]
  if 'regions' in raw:
    labels = tokens.true_regions(raw['regions'][i, ..., 0], line, count)
  else:
    labels = tokens.find(line, count)
  labels = tokens.by_area(labels)
  deepest = describe(labels, line).deepest
  ink = np.bincount(labels.ravel(), is_ink(line).ravel()) / np.bincount(labels.ravel())
  hinted = np.flatnonzero(ink < 0.5)
  if 'flat' in raw:
    return labels, hinted, deepest, raw['flat'][i][deepest[:, 0], deepest[:, 1]]
  return labels, hinted, deepest, majority_colors(labels, raw['rgb'][i], ~is_ink(line))


def dots(table: tuple[np.ndarray, ...], number: int) -> np.ndarray:
  """float32 [H, W, 4]: 3 x 3 px of the colours of the largest regions, inside of them."""
  labels, hinted, deepest, colors = table
  hint = np.zeros((*labels.shape, 4), np.float32)
  for region in hinted[:number].tolist():
    row, column = deepest[region].tolist()
    window = np.s_[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
    hint[window][labels[window] == region] = (*(colors[region] / 127.5 - 1), 1)
  return hint


def skin(run: str, limit: int) -> dict[str, Any]:
  """The lightness of skin on procedural drawings of people: painted, likeliest, varied.

  Returns:
    Shares of drawings in each bin of `LIGHTNESS`, their mean L* and its standard deviation, the
    share `far` from every skin colour that was painted, and in 'error' the mean |L* - painted|.
  """
  method, variables, config = load_for_inference(run)
  size, key = config.data.size, jax.random.key(0)
  paint = jax.jit(lambda batch: method.colorize(variables, batch, key))
  lab: dict[str, list] = {'painted': [], 'likeliest': [], 'varied': []}
  for people in _people(limit, size):
    line = np.stack([r['line'] for r in people])
    fixed = {'line': line, 'tags': np.zeros((BATCH, config.data.tags), np.uint8)}
    batch = {**cast(fixed), 'hint': jnp.zeros((BATCH, size, size, 4))}
    masks = [_skin_pixels(r) for r in people]
    lab['painted'] += _colors(np.stack([r['flat'] for r in people]) / 255, masks)
    for sample in range(1 + SAMPLES):
      made = paint({**batch, 'sample': jnp.full(BATCH, sample, jnp.int32)})
      lab['varied' if sample else 'likeliest'] += _colors(np.asarray(made), masks)
  known = np.array(lab['painted'])
  report: dict[str, Any] = {'drawings': len(known), 'edges': list(LIGHTNESS)}
  for name, rows in lab.items():
    found = np.array(rows)
    shares = np.histogram(found[:, 0], LIGHTNESS)[0] / len(found)
    nearest = np.linalg.norm(found[:, None] - known, axis=-1).min(1)
    report[name] = {
      'shares': shares.round(3).tolist(),
      'mean': round(float(found[:, 0].mean()), 1),
      'deviation': round(float(found[:, 0].std()), 1),
      'far': round(float((nearest > FAR).mean()), 3),
    }
  likeliest = np.array(lab['likeliest'])
  report['error'] = interval(np.abs(likeliest[:, 0] - known[:, 0]))
  return report


def _people(limit: int, size: int) -> Iterator[list[dict]]:
  """Batches of drawings of people with skin to be seen."""
  batch, index, made = [], 0, 0
  while made < limit:
    if synthetic.kind(SEED, index) == 'character':
      record = synthetic.draw(SEED, index, size)
      if _skin_pixels(record).sum() >= 0.01 * size * size:
        batch.append(record)
    index += 1
    if len(batch) == BATCH:
      yield batch
      batch, made = [], made + BATCH


def _skin_pixels(record: dict) -> np.ndarray:
  """bool [H, W]: skin without ink."""
  number = 1 + NOUN_NAMES.index('skin')
  return (record['nouns'][record['regions'][..., 0]] == number) & (record['line'][..., 0] == 255)


def _colors(rgb: np.ndarray, masks: list[np.ndarray]) -> list[np.ndarray]:
  """The median Lab of each picture [H, W, 3] in its mask."""
  lab = np.asarray(color.rgb_to_lab(jnp.asarray(rgb, jnp.float32)))
  return [np.median(x[mask], 0) for x, mask in zip(lab, masks)]


def cost() -> dict[str, Any]:
  """Seconds and memory of `onepunch colorize --sample`, with an empty cache and again."""
  report: dict[str, Any] = {}
  with tempfile.TemporaryDirectory() as home:
    env = {k: v for k, v in os.environ.items() if k != 'JAX_COMPILATION_CACHE_DIR'} | {'HOME': home}
    command = [
      sys.executable,
      '-m',
      'onepunch_jax',
      'colorize',
      '--sample',
      f'--output={home}/o.png',
    ]
    for name in ('cold', 'warm'):
      clock = time.monotonic()
      done = subprocess.run(
        [sys.executable, '-c', MEASURED, *command], env=env, capture_output=True, text=True
      )
      if done.returncode:
        raise RuntimeError(f'{" ".join(command)} failed:\n{done.stderr}')
      cpu_seconds, kib = (float(word) for word in done.stdout.split()[-2:])
      report[name] = {
        'seconds': round(time.monotonic() - clock, 1),
        'cpu_seconds': round(cpu_seconds, 1),
      }
      report['MiB'] = round(kib / 1024)
  report['load'] = round(os.getloadavg()[0], 1)  # of the machine: other work makes it slower
  return report


def interval(values: Any) -> list[float]:
  """[mean, 2.5 %, 97.5 %] of values without NaN, by a bootstrap over pictures."""
  kept = np.asarray(values, np.float64)
  kept = kept[np.isfinite(kept)]
  draws = np.random.default_rng(0).choice(kept, (DRAWS, len(kept))).mean(1)
  return [round(float(x), 2) for x in (kept.mean(), *np.percentile(draws, (2.5, 97.5)))]
