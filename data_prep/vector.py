"""SVG drawings -> record shards: line art, colours, flats, region maps, tags.

    python -m data_prep.vector --input=drawings.zip --output=prepared/drawings
    python -m data_prep.inspect prepared/drawings

--input is a folder of .svg and .svgz files, one such file, or a .zip, .tar, .tar.gz or .tgz of them
(read without unpacking). Strokes that are outlines stay ink; where two colours meet without any,
a pen draws the border. Ids and classes that name a noun of the tags ('hair', 'skin', 'shirt') make
tags, and more colourings (--colorings). A file that holds a script, a link, an entity, a bitmap or
no shapes is rejected with a sentence; nothing is ever fetched.
"""

import dataclasses
import functools
import json
import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

from absl import app, flags

from data_prep import options, tagging
from data_prep.listing import FACTS, read_metadata
from data_prep.plan import Item, Left
from data_prep.svg import roles
from data_prep.svg.drawing import Source
from data_prep.svg.paint import layers
from data_prep.svg.read import MAX_BYTES, SvgError, parse
from data_prep.svg.records import colorings
from data_prep.svg.shapes import shapes

SUFFIXES = ('.svg', '.svgz')
ARCHIVES = ('.zip', '.tar', '.tar.gz', '.tgz')


@dataclasses.dataclass(frozen=True)
class Vector:
  """Recipe: SVG files. The fields are the flags of this command."""

  input: str
  size: int = 256
  colorings: int = 3
  seed: int = 0
  license: str = ''
  credit: str = ''
  tag_names: bool = False

  def items(self) -> list[Item]:
    facts = read_metadata(self.input) if os.path.isdir(self.input) else {}
    out = []
    for name in members(self.input):
      stem = os.path.splitext(os.path.basename(name))[0]
      fact = next((facts[n] for n in (name, stem) if n in facts), {})
      known = {k: fact[k] for k in FACTS if k in fact}
      known |= {'tags': tags} if (tags := tagging.names(fact)) else {}
      origin = str(fact.get('source') or os.path.dirname(name) or name)
      out.append(Item(name, origin, (name, json.dumps(known)), fact.get('split', '')))
    return out

  def records(self, item: Item) -> Iterator[dict | Left]:
    name, facts = item.where
    try:
      source = self.source(name, json.loads(facts))
      seed = [self.seed, zlib.crc32(item.key.encode())]
      yield from colorings(
        source, item.key, self.size, self.colorings, seed, tag_names=self.tag_names
      )
    except SvgError as error:
      text = str(error)
      yield Left('unreadable', item.key, text if name in text else f'{name}: {text}')

  def source(self, name: str, facts: dict) -> Source:
    """One file as a drawing.

    Raises:
      SvgError: the file is refused.
    """
    document = parse(content(self.input, name), name)
    found = shapes(document, name)
    plain = Source(document, found)
    named, own = {}, {}
    for layer in layers(found):
      role, what = plain.role(layer)
      if role:
        named[role], own[role] = what, layer.paint.rgb
    return dataclasses.replace(
      plain,
      roles=named,
      own=own,
      tags=[t.replace('_', ' ') for t in facts.get('tags', ())],
      license=facts.get('license') or facts.get('licence') or self.license or document.license,
      credit=facts.get('credit') or self.credit or document.author,
    )

  def info(self) -> dict:
    tags = {} if self.tag_names else {'tags': list(roles.VOCABULARY)}
    return {'license': self.license, 'credit': self.credit, **tags}


def members(path: str) -> list[str]:
  """The names of the SVG files in a folder or an archive, or of a single file, sorted.

  Raises:
    ValueError: there is nothing at that path, or it cannot be opened.
  """
  if os.path.isdir(path):
    found = [os.path.join(root, f) for root, _, files in os.walk(path) for f in files]
    names = [os.path.relpath(f, path).replace(os.sep, '/') for f in found]
  elif not os.path.isfile(path):
    raise ValueError(f'{path}: no such file or folder')
  elif path.lower().endswith(ARCHIVES):
    names = _archive_names(path)
  else:
    return [os.path.basename(path)]
  return sorted(n for n in names if n.lower().endswith(SUFFIXES) and not _is_hidden(n))


def content(path: str, name: str) -> bytes:
  """The bytes of one of `members`, no more than a little above MAX_BYTES of them.

  Raises:
    SvgError: it cannot be read.
  """
  try:
    if os.path.isdir(path) or not path.lower().endswith(ARCHIVES):
      with open(os.path.join(path, name) if os.path.isdir(path) else path, 'rb') as file:
        return file.read(MAX_BYTES + 1)
    if path.lower().endswith('.zip'):
      with zipfile.ZipFile(path) as archive, archive.open(name) as file:
        return file.read(MAX_BYTES + 1)
    return _unpacked(path)[name]
  except (OSError, KeyError, RuntimeError, zipfile.BadZipFile, tarfile.TarError) as error:
    raise SvgError(f'{name}: cannot be read from {path} ({error}).') from None


def _is_hidden(name: str) -> bool:
  return any(part.startswith('.') and part != '..' for part in name.split('/'))


def _archive_names(path: str) -> list[str]:
  try:
    if path.lower().endswith('.zip'):
      with zipfile.ZipFile(path) as archive:
        return archive.namelist()
    return list(_unpacked(path))
  except (OSError, zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error) as error:
    raise ValueError(f'{path}: not readable as an archive ({error})') from None


@functools.lru_cache(maxsize=1)
def _unpacked(path: str) -> dict[str, bytes]:
  """The SVG files of a tar archive: it can only be read from its beginning."""
  out = {}
  with tarfile.open(path) as archive:
    for member in archive:
      if member.isfile() and member.name.lower().endswith(SUFFIXES):
        out[member.name] = archive.extractfile(member).read(MAX_BYTES + 1)
  return out


def recipe(f) -> Vector:
  """From parsed flags."""
  return Vector(f.input, f.size, f.colorings, f.seed, f.license, f.credit, bool(f.tags))


if __name__ == '__main__':
  options.define_common('folder or archive of SVG files', size=256, duplicates=-1, rgb='png')
  flags.DEFINE_integer(
    'colorings', 3, 'records per drawing, each in another palette, where roles allow', lower_bound=1
  )
  flags.DEFINE_integer('seed', 0, 'seed of pens, places and palettes')
  app.run(lambda argv: options.main(argv, recipe))
