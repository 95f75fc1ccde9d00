"""Which line art belongs to which colourings, in the ways people keep pairs."""

from __future__ import annotations

import csv
import json
import os

import numpy as np

from data_prep import listing, tagging
from data_prep.plan import Item
from onepunch_jax.data import pair_folders
from onepunch_jax.data.splits import SPLITS
from onepunch_jax.images import reader


def items(source: str, line: str = '', color: str = '') -> list[Item]:
  """One item per line art: where = (JSON of line path, colour paths, tags, credit ...,).

  A side-by-side picture has no colour paths.

  Raises:
    ValueError: in one sentence, for an input of no known kind, or line art without its colouring.
  """
  if line or color:
    if not (line and color):
      raise ValueError('--line and --color go together')
    return _folders(line, color)
  if os.path.isfile(source):
    return _listed(source)
  if not os.path.isdir(source):
    raise ValueError(
      f'{source}: no such folder or list file' if source else 'give --input, or --line and --color'
    )
  if os.path.isfile(os.path.join(source, 'metadata.jsonl')):
    return _listed(os.path.join(source, 'metadata.jsonl'))
  if sides := pair_folders.find(source):
    several = len(sides) > 1
    return [i for side in sides for i in _folders(side.line, side.color, side.split, several)]
  return _side_by_side(source)


def _side_by_side(source: str) -> list[Item]:
  """Pictures that hold line art and colours beside each other; in train/, val/, test/ or not."""
  found = _pictures(source)
  if found and not _looks_halved(list(found.values())):
    raise ValueError(
      f'{source}: neither a known layout ({pair_folders.layouts()}, {pair_folders.METADATA}) nor '
      'pictures with line art in one half and colours in the other; name the two folders with '
      '--line=DIR --color=DIR.'
    )
  first = {key: key.split('/')[0] for key in found}
  return [
    _item(key, path, [], {'split': first[key] if first[key] in SPLITS and '/' in key else ''})
    for key, path in found.items()
  ]


def _looks_halved(paths: list[str]) -> bool:
  """Whether most of eight pictures are wide, with much more colour in one half than the other."""
  votes = []
  for path in paths[:: max(1, len(paths) // 8)][:8]:
    try:
      rgb = reader.read(path).rgb
    except reader.PictureError:
      continue
    half = rgb.shape[1] // 2
    chroma = sorted(float(np.ptp(side, -1).mean()) for side in (rgb[:, :half], rgb[:, half:]))
    votes.append(rgb.shape[1] > 1.2 * rgb.shape[0] and chroma[0] < 0.5 * chroma[1])
  return 2 * sum(votes) >= len(votes)  # that none can be read is said later


def _folders(line: str, color: str, split: str = '', prefixed: bool = False) -> list[Item]:
  lines, colors = _pictures(line), _pictures(color)
  for have, other, where in ((lines, colors, color), (colors, lines, line)):
    alone = sorted(set(have) - set(other))
    if alone:
      raise ValueError(
        f'{have[alone[0]]} has no partner in {where} ({len(alone)} have none); drawings without '
        'pairs are prepared by data_prep.unpaired --scans=DIR --colors=DIR'
      )
  start = f'{split}/' if prefixed else ''
  fact = {'split': split}
  return [_item(start + key, path, [colors[key]], fact) for key, path in lines.items()]


def _pictures(folder: str) -> dict[str, str]:
  """{relative path without suffix: path} of a folder's pictures."""
  out: dict[str, str] = {}
  for path in listing.find(folder)[0]:
    key = os.path.splitext(os.path.relpath(path, folder))[0].replace(os.sep, '/')
    if key in out and reader.looks_like_picture(path):
      raise ValueError(f'{path} and {out[key]} have the same name; which one is meant?')
    if reader.looks_like_picture(path):
      out[key] = path
  return out


def _listed(file: str) -> list[Item]:
  folder = os.path.dirname(file)
  out = []
  for number, fact in enumerate(_rows(file), 1):
    line, colors = fact.get('line'), fact.get('colors') or fact.get('color')
    if not line or not colors:
      continue  # metadata may speak of pictures that are no pairs
    colors = colors if isinstance(colors, list) else [colors]
    paths = [c.get('file') if isinstance(c, dict) else c for c in colors]
    if not all(isinstance(p, str) for p in (line, *paths)):
      raise ValueError(
        f'{file}:{number}: "line" is a path, "colors" a list of paths or of {{"file": path}}'
      )
    if fact.get('split') not in (None, '', *SPLITS):
      raise ValueError(
        f'{file}:{number}: "split" is one of {", ".join(SPLITS)}, not {fact["split"]!r}'
      )
    paths = [os.path.join(folder, p) for p in [line, *paths]]
    for path in paths:
      if not os.path.exists(path):
        raise ValueError(f'{file}:{number}: there is no {path}')
    key = str(fact.get('id') or os.path.splitext(line)[0].replace(os.sep, '/'))
    out.append(_item(key, paths[0], paths[1:], fact))
  if not out:
    raise ValueError(f"{file}: no pairs in it; a row has 'line' and 'color' (or 'colors')")
  return out


def _rows(file: str) -> list[dict]:
  with open(file, encoding='utf-8-sig') as text:
    if file.endswith('.jsonl'):
      out = []
      for number, line in enumerate(text, 1):
        try:
          out.append(json.loads(line) if line.strip() else {})
        except (ValueError, RecursionError) as error:
          raise ValueError(f'{file}:{number}: not JSON ({error})') from None
        if not isinstance(out[-1], dict):
          raise ValueError(f'{file}:{number}: a row is a JSON object')
      return out
    first = text.readline()
    text.seek(0)
    delimiter = '\t' if '\t' in first else ','
    rows = [[c.strip() for c in row] for row in csv.reader(text, delimiter=delimiter) if row]
  if rows and rows[0][0].lower() == 'line':
    rows = rows[1:]  # a heading
  short = next((r for r in rows if len(r) < 2), None)
  if short:
    raise ValueError(f'{file}: the row {short} has one column; a row is line, colour, colour ...')
  return [{'line': row[0], 'colors': row[1:]} for row in rows]


def _item(key: str, line: str, colors: list[str], fact: dict) -> Item:
  known = {'line': line, 'color': colors}
  known |= {k: fact[k] for k in ('license', 'credit') if k in fact}
  if 'licence' in fact:
    known['license'] = fact['licence']
  tags = tagging.names(fact) or tagging.sidecar(line)
  if tags:
    known['tags'] = tags
  return Item(key, str(fact.get('source') or key), (json.dumps(known),), fact.get('split', ''))
