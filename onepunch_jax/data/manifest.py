"""What data a run learned from, so that a folder that was moved is known again.

A run keeps workdir/data.json: {path: manifest}, a hash of what describes a folder of data: the
hashes of the shards of a dataset.json, or the rows of a metadata.jsonl, or file names; with sizes,
and the content of a few.
"""

import hashlib
import itertools
import json
import os
from collections.abc import Iterator

from ml_collections import ConfigDict

from onepunch_jax.data import mixed, pair_folders, records, sources, unpaired
from onepunch_jax.log import log

FILE = 'data.json'
PATHS = ('path', 'unpaired')  # the keys of config.data that name data
DEPTH = 2  # folders below those near, in which moved data are looked for
MOST = 5000  # folders that are looked at
SIZES = 100  # pictures of a metadata.jsonl whose sizes count
FILES = 4  # pictures, about, whose content counts


def manifest(path: str) -> str:
  """The hash of what a folder of data holds; '' where that cannot be told."""
  try:
    if records.is_prepared(path):
      shards = records.read_info(path)['shards']
      rows = sorted(str(shard.get('sha256', shard['file'])) for shard in shards)
    elif os.path.exists(file := os.path.join(path, pair_folders.METADATA)):
      known = pair_folders.rows(file)
      rows = [json.dumps(row) for row in known]
      rows += _described(path, [row['line'] for row in known[:SIZES]])
    elif sides := pair_folders.find(path):
      folders = [folder for side in sides for folder in (side.line, side.color)]
      names = [os.path.join(folder, n) for folder in folders for n in sorted(os.listdir(folder))]
      rows = _described(path, [os.path.relpath(name, path) for name in names])
    else:
      rows = _described(path, unpaired.pictures(path))
  except (ValueError, OSError, LookupError, TypeError, AttributeError):
    return ''
  return hashlib.sha256('\n'.join(rows).encode('utf-8', 'surrogatepass')).hexdigest()


def save(workdir: str, data: ConfigDict) -> None:
  """Writes workdir/data.json, where there are folders of data."""
  found = {path: manifest(path) for path in _folders(data)}
  known = {path: text for path, text in found.items() if text}
  if known:
    path = os.path.join(workdir, FILE)
    with open(path + '.tmp', 'w', encoding='utf-8') as file:
      json.dump(known, file, indent=2)
    os.replace(path + '.tmp', path)


def load(workdir: str) -> dict[str, str]:
  """{path: manifest} of the data of a run; {} where it keeps none that can be read."""
  try:
    with open(os.path.join(workdir, FILE), encoding='utf-8') as file:
      known = json.load(file)
  except (OSError, ValueError, RecursionError):
    return {}
  return {str(k): str(v) for k, v in known.items()} if isinstance(known, dict) else {}


def relocate(data: ConfigDict, workdir: str) -> None:
  """Sets paths of `data` that are no longer there to where the run's folders are now.

  They are looked for near: where the old one was, beside the run, and where the command runs.

  Raises:
    ValueError: a folder that the run learned from is nowhere near.
  """
  known = load(workdir)
  for key in PATHS:
    if not data.get(key):
      continue
    parts = []
    for name, star, weight in (part.partition('*') for part in data[key].split('+')):
      if name in known and not os.path.isdir(name):
        name = _found(name, known[name], workdir)
      parts.append(name + star + weight)
    data[key] = '+'.join(parts)


def same(workdir: str, old: str, new: str) -> bool:
  """Whether `new` names the data that the run knew as `old` ('a*3+b'), at other places."""
  try:
    pairs = list(zip(mixed.parse(old), mixed.parse(new), strict=True))
  except (ValueError, AttributeError):
    return False
  known = load(workdir)
  return all(
    weight == w and (a == b or (a in known and known[a] == manifest(b)))
    for (a, weight), (b, w) in pairs
  )


def _described(path: str, names: list[str]) -> list[str]:
  rows = [f'{name} {os.path.getsize(os.path.join(path, name))}' for name in names]
  for name in names[:: max(1, len(names) // FILES)]:
    with open(os.path.join(path, name), 'rb') as file:
      rows.append(hashlib.file_digest(file, 'sha256').hexdigest())
  return rows


def _found(name: str, wanted: str, workdir: str) -> str:
  """The folder near that has the manifest of `name`."""
  roots = [_existing(name), os.getcwd(), *(_above(workdir, n) for n in (1, 2))]
  folders = itertools.chain.from_iterable(_below(root, DEPTH) for root in dict.fromkeys(roots))
  for folder in itertools.islice(folders, MOST):
    likely = os.path.basename(folder) == os.path.basename(os.path.normpath(name))
    likely = likely or any(
      os.path.exists(os.path.join(folder, file)) for file in (records.INFO, pair_folders.METADATA)
    )
    if likely and manifest(folder) == wanted:
      log.info('The data %s are now at %s (the same manifest).', name, folder)
      return folder
  raise ValueError(
    f'The data of this run are no longer at {name!r}, nor near: name the folder where they are '
    'now, with data=PATH after the colon of --config; the run knows it by its content.'
  )


def _existing(path: str) -> str:
  """The nearest folder above `path` that is there."""
  path = os.path.dirname(os.path.abspath(path))
  while not os.path.isdir(path):
    path = os.path.dirname(path)
  return path


def _above(path: str, levels: int) -> str:
  for _ in range(levels):
    path = os.path.dirname(os.path.abspath(path))
  return path


def _below(root: str, depth: int) -> Iterator[str]:
  """The folders below `root`, the nearest first."""
  level = [root]
  for _ in range(depth):
    below = []
    for folder in level:
      try:
        with os.scandir(folder) as found:
          below += sorted(e.path for e in found if e.is_dir() and not e.name.startswith('.'))
      except OSError:
        continue
    yield from below
    level = below


def _folders(data: ConfigDict) -> list[str]:
  names = [part.partition('*')[0] for key in PATHS for part in (data.get(key) or '').split('+')]
  return [name for name in dict.fromkeys(names) if name and name not in sources.SYNTHETIC]
