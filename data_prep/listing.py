"""What is in a folder: pictures, books, and the facts that metadata.jsonl gives about them."""

from __future__ import annotations

import fnmatch
import functools
import json
import os
import re

from data_prep import tagging
from data_prep.plan import Item
from onepunch_jax.images import archive, reader

FACTS = ('license', 'licence', 'credit', 'character')


def find(folder: str, include: str = '', exclude: str = '') -> tuple[list[str], list[str]]:
  """(files that are tried, other files) below a folder or of a single file, as sorted paths.

  Tried are pictures and books by suffix, and files without any; hidden ones are passed over. A
  folder with a picture's suffix is listed too: it is rejected with that reason.

  Args:
    include, exclude: comma-separated patterns of paths relative to the folder ('*/color/*').

  Raises:
    ValueError: if there is nothing at that path.
  """
  if os.path.isfile(folder):
    return [folder], []
  if not os.path.isdir(folder):
    raise ValueError(f'{folder}: no such file or folder')
  tried, other, visited = [], [], set()
  for root, folders, files in os.walk(folder, followlinks=True):
    real = os.path.realpath(root)
    # Links may lead back up; a prepared dataset is no input, though it may lie inside one.
    if real in visited or 'dataset.json' in files or '.work' in folders:
      folders.clear()
      continue
    visited.add(real)
    folders[:] = sorted(f for f in folders if not f.startswith('.'))
    names = files + [f for f in folders if reader.looks_like_picture(f)]
    for path in (os.path.join(root, n) for n in names if not n.startswith('.')):
      relative = os.path.relpath(path, folder)
      if (include and not _matches(relative, include)) or _matches(relative, exclude):
        continue
      suffix = os.path.splitext(path)[1]
      known = (
        not suffix or reader.looks_like_picture(path) or path.lower().endswith(archive.SUFFIXES)
      )
      (tried if known else other).append(path)
  return sorted(tried), sorted(other)


def items(
  folder: str, source: str = 'auto', include: str = '', exclude: str = '', folder_tags: bool = False
) -> list[Item]:
  """One item per picture, and per page of a book: where = (path, member, facts as JSON).

  Args:
    source: what must not straddle splits. 'auto': a book, or a sub-folder (a chapter), or a loose
      picture; 'file': each picture or book; else a regular expression: what its first group
      matches in the relative path ('(ep[0-9]+)_').
    folder_tags: the names of the folders are tags.
  """
  tried, _ = find(folder, include, exclude)
  facts = read_metadata(folder)
  out = []
  for path in tried:
    # A single file is known by its name, a file of a folder by its way from there.
    relative = os.path.relpath(path, folder) if os.path.isdir(folder) else os.path.basename(path)
    relative = relative.replace(os.sep, '/')
    stem = os.path.splitext(os.path.basename(path))[0]
    names = (relative, f'{os.path.basename(folder.rstrip(os.sep))}/{relative}', stem)
    fact = next((facts[n] for n in names if n in facts), {})
    origin = str(fact.get('source') or _source(relative, source))
    known = {k: fact[k] for k in FACTS if k in fact}
    tags = tagging.names(fact) or tagging.sidecar(path)
    if folder_tags:
      tags = list(dict.fromkeys(tags + tagging.folder_names(relative)))
    if tags:
      known['tags'] = tags
    known = json.dumps(known)
    split = fact.get('split', '')
    if path.lower().endswith(archive.SUFFIXES) and archive.kind(path):
      try:
        members = archive.members(path) or ['']
      except reader.PictureError:
        members = ['']  # reading it will say why it is refused
      out += [
        Item(
          f'{relative}/{m}' if m else relative,
          _source(relative, source, book=True),
          (path, m, known),
          split,
        )
        for m in members
      ]
    else:
      out.append(Item(relative, origin, (path, '', known), split))
  return out


@functools.lru_cache(maxsize=4)
def read_metadata(folder: str) -> dict[str, dict]:
  """metadata.jsonl or metadata.json in a folder or its parent; {} without one.

  Objects in lines or in one list (Danbooru's posts are such). An object names its picture as
  'file', 'file_name' or 'color', else by the id or md5 that the file is called by; it may have
  split, source, tags, license, credit.

  Returns:
    {relative path, or id, or md5: object}.

  Raises:
    ValueError: naming the line that is no JSON object.
  """
  out = {}
  for place in (os.path.dirname(os.path.abspath(folder)), folder):
    for name in ('metadata.jsonl', 'metadata.json'):
      path = os.path.join(place, name)
      for where, fact in _objects(path) if os.path.isfile(path) else ():
        if not isinstance(fact, dict):
          raise ValueError(f'{where}: not a JSON object')
        file = next((fact[k] for k in ('file', 'file_name', 'color') if fact.get(k)), None)
        names = [file] if isinstance(file, str) else [fact.get('id'), fact.get('md5')]
        out.update({str(n): fact for n in names if n})
  return out


def _objects(path: str):
  try:
    with open(path, encoding='utf-8-sig') as file:
      text = file.read()
  except UnicodeDecodeError as error:
    raise ValueError(f'{path}: not UTF-8 ({error}); save it as UTF-8') from None
  lines = [(f'{path}:{i}', line) for i, line in enumerate(text.splitlines(), 1) if line.strip()]
  if path.endswith('.json'):
    lines = [(path, text)]
  for where, line in lines:
    try:
      value = json.loads(line)
    except (ValueError, RecursionError) as error:
      raise ValueError(f'{where}: not JSON ({error})') from None
    yield from ((where, v) for v in (value if isinstance(value, list) else [value]))


def _source(relative: str, source: str, book: bool = False) -> str:
  if source not in ('auto', 'file'):
    found = re.search(source, relative)
    if found:
      return found.group(1) if found.groups() else found.group(0)
  folder = os.path.dirname(relative)
  return folder if source == 'auto' and folder and not book else relative


def _matches(relative: str, patterns: str) -> bool:
  return any(
    fnmatch.fnmatch(relative.replace(os.sep, '/'), p.strip())
    for p in patterns.split(',')
    if p.strip()
  )
