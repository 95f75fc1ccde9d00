"""Drawings at one size, with their pairs broken: some give their colours, others their line art.

    OUTPUT/colors   a folder of pairs: drawings for colour (their true line art is there for the
                    ceiling row alone), and the held-out drawings as split 'val'
    OUTPUT/scans    line art of other drawings: what the unpaired stage may see

A drawing's group (openmoji's cluster of look-alikes, else the drawing) is on one side only.
"""

import json
import os
import zlib

import numpy as np
from PIL import Image

from onepunch_jax.data import pipeline
from onepunch_jax.images import reader
from onepunch_jax.synthetic import Synthetic


def make(output: str, sources: dict[str, str], *, size: int, count: int, held_out: int) -> None:
  """Writes both folders once; `sources` are {name: folder of pairs, or 'synthetic'}.

  Args:
    size: side of all pictures.
    count: how many drawings `synthetic` gives to each side.
    held_out: at most so many drawings of each source for evaluation.
  """
  if os.path.exists(os.path.join(output, 'colors', 'metadata.jsonl')):
    return
  for folder in ('colors/line', 'colors/color', 'scans'):
    os.makedirs(os.path.join(output, folder), exist_ok=True)
  rows = []
  for name, where in sources.items():
    drawings = _drawn(size, count, held_out) if where == 'synthetic' else _folder(where, held_out)
    for n, (split, group, line, colorings) in enumerate(drawings):
      key = f'{name}-{n:05d}'
      if split == 'train' and zlib.crc32(f'{name}/{group}'.encode()) % 2:
        _save(pipeline.fit(line(), size, 'line'), output, f'scans/{key}.png')
        continue
      _save(pipeline.fit(line(), size, 'line'), output, f'colors/line/{key}.png')
      for i, rgb in enumerate(colorings if split == 'train' else colorings[:1]):
        _save(pipeline.fit(rgb(), size, 'rgb'), output, f'colors/color/{key}_{i}.png')
        rows.append(
          {
            'id': f'{key}_{i}',
            'split': split,
            'line': f'line/{key}.png',
            'color': f'color/{key}_{i}.png',
          }
        )
  path = os.path.join(output, 'colors', 'metadata.jsonl')
  with open(path + '.tmp', 'w', encoding='utf-8') as f:
    f.writelines(json.dumps(row) + '\n' for row in rows)
  os.replace(path + '.tmp', path)


def _drawn(size, count, held_out):
  """(split, group, line, colourings) of synthetic drawings: 2 * `count` of them for training."""
  for split, seed, many in (('train', 71, 2 * count), ('val', 72, held_out)):
    drawings = Synthetic(many, seed=seed, size=size)
    for i in range(many):
      record = drawings[i]
      yield split, str(i), lambda r=record: r['line'], [lambda r=record: r['rgb']]


def _folder(path, held_out):
  """The same of a folder with metadata.jsonl; the held-out ones are spread over its `val`."""
  with open(os.path.join(path, 'metadata.jsonl'), encoding='utf-8') as f:
    rows = [json.loads(line) for line in f]

  def grey(file):
    return lambda: reader.to_grey(reader.read(os.path.join(path, file)).rgb)

  def rgb(file):
    return lambda: reader.read(os.path.join(path, file)).rgb

  val = [row for row in rows if row['split'] == 'val']
  order = np.random.default_rng(0).permutation(len(val))[:held_out]
  for row in [r for r in rows if r['split'] == 'train'] + [val[i] for i in order]:
    files = [row['color']] if 'color' in row else [c['file'] for c in row['colors']]
    group = row.get('cluster', row['id'])
    yield row['split'], group, grey(row['line']), [rgb(file) for file in files]


def _save(picture, *path):
  Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture).save(os.path.join(*path))
