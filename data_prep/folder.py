"""A folder of colour pictures and books -> record shards.

    python -m data_prep.folder --input=pages --output=prepared/pages --size=512
    python -m data_prep.inspect prepared/pages
    python -m onepunch_jax.main --config=configs/pix2pix.py:laptop,data=prepared/pages \\
        --workdir=runs/pages

Reads pictures of every kind (`onepunch_jax/images/reader.py`), CBZ, ZIP, CBR and PDF. What cannot
be read is in rejected.jsonl, what a rule leaves out in left_out.jsonl, both with the reason.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

import numpy as np
from absl import app, flags

from data_prep import cleaning, fit, listing, options, panels
from data_prep.plan import Item, Left
from onepunch_jax.images import archive, reader


@dataclasses.dataclass(frozen=True)
class Folder:
  """Recipe: colour pictures. The fields are the flags of this command (`define`).

  `domain` 'line' makes records that have a grey 'line' instead of 'rgb': scans without colour.
  """

  input: str
  size: int = 512
  fit: str = 'letterbox'
  crops: int = 4
  panels: bool = False
  bars: bool = True
  rules: cleaning.Rules = dataclasses.field(default_factory=cleaning.Rules)
  source: str = 'auto'
  include: str = ''
  exclude: str = ''
  lines: tuple[str, ...] = ()
  pdf_dpi: float = 150.0
  max_pixels: int = reader.MAX_PIXELS
  folder_tags: bool = False
  domain: str = 'rgb'
  license: str = ''
  credit: str = ''

  def items(self) -> list[Item]:
    return listing.items(self.input, self.source, self.include, self.exclude, self.folder_tags)

  def records(self, item: Item) -> Iterator[dict | Left]:
    for key, picture in self._pictures(item):
      if isinstance(picture, Left):
        yield picture
      else:
        yield from self._cut(key, picture.rgb, json.loads(item.where[2]))

  def info(self) -> dict:
    other = listing.find(self.input, self.include, self.exclude)[1]
    return {'license': self.license, 'credit': self.credit, 'other_files': len(other)}

  def _pictures(self, item: Item):
    """(key, Picture or Left) of the file, of each page of a TIFF, of the book's page."""
    path, member, _ = item.where
    try:
      if member:
        yield item.key, archive.read(path, member, dpi=self.pdf_dpi, max_pixels=self.max_pixels)
        return
      if archive.kind(path) and path.lower().endswith(archive.SUFFIXES):
        archive.members(path)  # only a book that cannot be listed comes here: says why
        raise reader.PictureError(f'{item.key}: a book without pictures.')
      count = reader.pages(path, name=item.key)
    except reader.PictureError as error:
      yield item.key, Left('unreadable', item.key, str(error))
      return
    for i in range(count):
      key = f'{item.key}#{i + 1}' if count > 1 else item.key
      try:
        yield key, reader.read(path, name=key, frame=i, max_pixels=self.max_pixels)
      except reader.PictureError as error:
        yield key, Left('unreadable', key, str(error))

  def _cut(self, key: str, rgb: np.ndarray, facts: dict) -> Iterator[dict | Left]:
    if self.bars:
      rgb = cleaning.cut_bars(rgb)
    # a page that is cut into panels may be of any shape: the rule is for what comes of it
    page_rules = dataclasses.replace(self.rules, max_aspect=0) if self.panels else self.rules
    found = cleaning.check_size(rgb, page_rules)
    if found:
      yield Left(found[0], key, found[1])
      return
    boxes = panels.find(rgb) if self.panels else [(0, 0, rgb.shape[1], rgb.shape[0])]
    for i, (left, top, right, bottom) in enumerate(boxes):
      name = f'{key}#panel{i + 1}' if len(boxes) > 1 else key
      panel = rgb[top:bottom, left:right]
      found = cleaning.check(panel, self.rules)
      if found:
        yield Left(found[0], name, found[1])
        continue
      squares = list(fit.squares(*panel.shape[:2], self.fit, self.crops, name, self.size))
      for j, box in enumerate(squares):
        part = f'{name}#{j + 1}' if len(squares) > 1 else name
        square, mask = fit.resize(panel, box, self.size)
        found = cleaning.check_content(square, self.rules) if len(squares) > 1 else None
        if found:
          yield Left(found[0], part, found[1])
        else:
          yield self._record(part, square, mask, facts)

  def _record(self, key: str, square: np.ndarray, mask, facts: dict) -> dict:
    record = {
      'key': key,
      'rgb': square,
      'license': facts.get('license', facts.get('licence', self.license)),
      'credit': facts.get('credit', self.credit),
    }
    full = np.full((*square.shape[:2], 1), 255, np.uint8)
    record['mask'] = full if mask is None else mask  # always: records of one dataset are alike
    if facts.get('tags'):
      record['tags'] = facts['tags']
    if self.domain == 'line':
      record['line'] = reader.to_grey(record.pop('rgb'))
    if self.lines:
      from data_prep import extract

      record['line'] = extract.line(square, record['mask'], self.lines, key)
    return record


def define() -> None:
  """The flags of this command."""
  options.define_common('folder of pictures and books, or one book')
  options.define_reading()
  flags.DEFINE_bool('panels', False, 'cut pages into their panels')
  flags.DEFINE_string(
    'source',
    'auto',
    "what never straddles splits: 'auto' (a book, a sub-folder,"
    " a loose picture), 'file', or a regular expression on the path",
  )
  flags.DEFINE_string('include', '', "only paths that match ('*/color/*'; several: commas)")
  flags.DEFINE_string('exclude', '', 'no paths that match')
  flags.DEFINE_bool('folder_tags', False, 'the names of folders are tags')
  flags.DEFINE_enum(
    'domain',
    'rgb',
    ['rgb', 'line'],
    'line: scans without colour, for unpaired training (then the rules about colour are off)',
  )
  flags.DEFINE_list(
    'lines',
    [],
    'line styles to draw now (as "xdog,dodge"); by default lines are '
    'drawn in the training step, anew each time',
  )
  flags.DEFINE_float('pdf_dpi', 150, 'resolution of PDF pages that are not scans')


def recipe(f) -> Folder:
  """From parsed flags."""
  rules = options.rules(f)
  if f.domain == 'line':
    rules = dataclasses.replace(rules, min_color=0, line_art=False)
  return Folder(
    f.input,
    f.size,
    f.fit,
    f.crops,
    f.panels,
    f.bars,
    rules,
    f.source,
    f.include,
    f.exclude,
    tuple(f.lines),
    f.pdf_dpi,
    f.max_pixels,
    f.folder_tags,
    f.domain,
    f.license,
    f.credit,
  )


if __name__ == '__main__':
  define()
  app.run(lambda argv: options.main(argv, recipe))
