"""Look at a prepared dataset before training on it.

    python -m data_prep.inspect prepared/pages

Prints counts, sizes, splits, tags and what was left out; checks the hash of every shard and that
every record decodes. Writes into the dataset: inspect/contact.png, a sample of records (line,
colours); inspect/ab.npz, the ab histogram, prior and class weights of Zhang et al. 2016; and
inspect/ab.png, a picture of that histogram. Exit status 1 if anything is damaged.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections import Counter

import numpy as np
from absl import app, flags
from tqdm import tqdm

from data_prep import colors, contact
from onepunch_jax.data import records
from onepunch_jax.data.splits import SPLITS


def check_shards(path: str, info: dict) -> list[str]:
  """Problems of the shard files: missing, or another SHA-256 than dataset.json says."""
  problems = []
  for shard in info['shards']:
    file = os.path.join(path, shard['file'])
    if not os.path.isfile(file):
      problems.append(f'{file}: missing')
      continue
    with open(file, 'rb') as data:
      digest = hashlib.file_digest(data, 'sha256').hexdigest()
    if digest != shard['sha256']:
      problems.append(f'{file}: its SHA-256 is not the one in dataset.json: damaged or changed')
  return problems


def survey(path: str, info: dict, sample: int) -> dict:
  """Reads every record once.

  Returns:
    {'problems': [str], 'fields': Counter, 'tags': Counter, 'colorings': int, 'sample': records,
    'histogram': int64 ab histogram over the training split (`colors.histogram`)}.
  """
  out = {
    'problems': [],
    'fields': Counter(),
    'tags': Counter(),
    'colorings': 0,
    'sample': [],
    'histogram': np.zeros(colors.SHAPE, np.int64),
  }
  total = sum(info['splits'].values())
  every = max(1, total // max(sample, 1))
  vocabulary = np.array(info.get('tags') or [], object)
  with tqdm(total=total, unit='record', disable=None) as bar:
    for split in (s for s in SPLITS if info['splits'].get(s)):
      source = records.Records(path, split, on_bad='skip')
      for i in range(len(source)):
        before = source.skipped
        try:
          record = source[i]
        except ValueError as error:
          out['problems'].append(str(error))
          break
        bar.update()
        if source.skipped > before:
          continue
        out['fields'].update(k for k in record if k not in ('height', 'width'))
        out['colorings'] += len(record.get('rgbs', [1] if 'rgb' in record else []))
        tags = record.get('tags', [])
        out['tags'].update(tags if isinstance(tags, list) else vocabulary[tags.astype(bool)])
        if split == 'train' and 'rgb' in record:
          out['histogram'] += colors.histogram(record['rgb'], record.get('mask'))
        if bar.n % every == 0 and len(out['sample']) < sample:
          out['sample'].append(record)
      if source.skipped:
        out['problems'].append(f'{path}: {source.skipped} damaged records in split {split}')
  return out


def main(argv) -> None:
  if len(argv) != 2:
    sys.exit('usage: python -m data_prep.inspect DIRECTORY')
  os.environ.setdefault('JAX_PLATFORMS', 'cpu')  # nothing here is worth an accelerator
  path = argv[1]
  try:
    info = records.read_info(path)
  except ValueError as error:
    sys.exit(f'error: {error}')
  problems = check_shards(path, info)
  found = survey(path, info, flags.FLAGS.contact)
  folder = os.path.join(path, 'inspect')
  os.makedirs(folder, exist_ok=True)
  if found['sample']:
    contact.sheet(found['sample']).save(os.path.join(folder, 'contact.png'))
  if found['histogram'].sum():
    prior, weights = colors.prior(found['histogram'])
    np.savez(
      os.path.join(folder, 'ab.npz'),
      histogram=found['histogram'],
      centers=colors.CENTERS,
      prior=prior,
      weights=weights,
    )
    colors.picture(found['histogram']).save(os.path.join(folder, 'ab.png'))
  print(report(path, info, found, folder))
  problems += found['problems']
  for problem in problems:
    print(f'DAMAGED {problem}')
  if problems:
    sys.exit(1)
  print(f'all {len(info["shards"])} shards have the hashes of dataset.json')


def report(path: str, info: dict, found: dict, folder: str) -> str:
  """The facts for people."""
  used = (found['histogram'] > 0).sum()
  lines = [
    f'{path}   (format {info["version"]})',
    f'  made by    {info.get("command") or "?"}',
    '  records    ' + ', '.join(f'{n} {s}' for s, n in info['splits'].items()),
    f'  shards     {len(info["shards"])}, {sum(s["bytes"] for s in info["shards"]) / 1e6:.1f} MB',
    '  sizes      ' + ', '.join(f'{n} of {s}' for s, n in info.get('sizes', {}).items()),
    '  fields     ' + ', '.join(f'{k} {n}' for k, n in found['fields'].most_common()),
    f'  colourings {found["colorings"]}',
  ]
  if found['tags']:
    most = ', '.join(f'{t} {n}' for t, n in found['tags'].most_common(12))
    lines.append(f'  tags       {len(found["tags"])} different: {most} ...')
  left = {**info.get('left_out', {}), 'unreadable': info.get('rejected', 0)}
  lines.append('  left out   ' + (', '.join(f'{n} {r}' for r, n in left.items() if n) or 'nothing'))
  if used:
    lines.append(
      f'  colours    {used} of {found["histogram"].size} ab bins are used, '
      f'{100 * colors.grey_share(found["histogram"]):.0f} % of pixels are grey'
    )
  for entry in info.get('credits', [])[:5]:
    lines.append(f'  credit     {entry["credit"]} {entry["license"]}'.rstrip())
  lines += [f'  note       {n}' for n in info.get('notes', [])]
  return '\n'.join([*lines, f'  see        {folder}/contact.png, ab.png, ab.npz'])


if __name__ == '__main__':
  flags.DEFINE_integer('contact', 48, 'pictures on the contact sheet', lower_bound=0)
  app.run(main)
