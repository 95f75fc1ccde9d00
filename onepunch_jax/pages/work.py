"""What is done to a page: coloured, in flats, in layers, passed through, or recoloured."""

import dataclasses
import functools
import hashlib
import io
import json
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from onepunch_jax.images.reader import Picture
from onepunch_jax.images.write import check_size, encode, upright_dpi
from onepunch_jax.log import log
from onepunch_jax.pages import layer_files, layers, page_files, remembered
from onepunch_jax.pages.balloon_masks import BalloonMask
from onepunch_jax.pages.book import Page, read_bytes
from onepunch_jax.pages.colorizer import Colorizer
from onepunch_jax.pages.compose import ColoredPage
from onepunch_jax.pages.drop_color import drop
from onepunch_jax.pages.hinted import with_color, with_hints
from onepunch_jax.pages.hints import Hints
from onepunch_jax.pages.is_colored import is_colored
from onepunch_jax.pages.journal import COLORED, PASSED, Done, Result
from onepunch_jax.pages.palette import Flats, Palette, paint_regions, recolor
from onepunch_jax.pages.reference import Reference
from onepunch_jax.pages.remembered import Remembered
from onepunch_jax.pages.strokes import VISIBLE

SUFFIX = {
  'png': '.png',
  'webp': '.webp',
  'tiff': '.tif',
  'jpeg': '.jpg',
  'ora': '.ora',
  'psd': '.psd',
}
VERSION = 2  # of what is done to pages: another one colours them anew
UNSEEN = 0.001  # part of a page; if less changes, nothing was coloured that can be seen


@dataclasses.dataclass(frozen=True)
class Options:
  """How pages are coloured.

  Attributes:
    suffix: of the files written, of a picture or of layers.
    flats: solid colours instead of the page.
    palette: the only colours that flats have.
    hints: a file, or a folder with a file for each page, or ''.
    balloons: a mask of balloons, or a folder with one for each page, or '' where they are found.
    force: colour pages that are in colour already.
    on_paper: leave alpha out: the page on white paper.
    invert: white lines on black are a negative of the page.
    gap: px; the larger, the more gaps in lines flats close; 0: 1 % of the short side.
    same_suffix: whether what is passed through has to be written with `suffix` too.
    samples: colourings of each page; those after the first are written as <page>_2, _3 ...
    tags: 'blue hair, red eyes', of every page.
    references: the pictures whose colours every page shall have.
    remember: whether regions of a page look at those of the pages before it.
    shading: 'off', 'cel' or 'soft', over the colours of a checkpoint that colours by regions.
    drop_hue: the hue of construction lines (drop_color.hue_of), taken off the page; or None.
  """

  suffix: str = '.png'
  flats: bool = False
  palette: Palette | None = None
  hints: str = ''
  balloons: str = ''
  force: bool = False
  on_paper: bool = False
  invert: bool = False
  gap: float = 0.0
  same_suffix: bool = False
  samples: int = 1
  tags: str = ''
  references: tuple[Reference, ...] = ()
  remember: bool = False
  shading: str = 'off'
  drop_hue: float | None = None

  def settings(self) -> str:
    """All of it as text: what the journal compares."""
    rows = dataclasses.asdict(dataclasses.replace(self, palette=None, references=(), hints=''))
    del rows['balloons']  # as of hints, what is in a page's file counts
    rows['version'] = VERSION
    if self.palette is not None:
      rows['palette'] = self.palette.text()
    if self.references:
      rows['references'] = [reference.digest for reference in self.references]
    return json.dumps(rows, sort_keys=True)

  @property
  def guides(self) -> dict[str, Any]:
    """The guides that are the same for every page, as `Colorizer.page` has them."""
    return dict(tags=self.tags, reference=self.references, shading=self.shading)


class Drawn(NamedTuple):
  """What a person drew for a page: hints, and where its balloons are; None where nothing."""

  hints: Hints | None
  balloons: BalloonMask | None


class Colorist:
  """Colours pages by a checkpoint."""

  def __init__(self, colorizer: Colorizer, options: Options = Options()):
    self.colorizer = colorizer
    self.options = options
    self.hints = page_files.PageFiles(options.hints)
    self.masks = page_files.masks(options.balloons)

  @property
  def remember(self) -> bool:
    """Whether pages look at those before them."""
    return self.options.remember

  @functools.cached_property
  def settings(self) -> str:
    """All that every page's colours depend on."""
    return self.colorizer.fingerprint + self.options.settings()

  def prepare(self, pages: Sequence[Page]) -> list[str]:
    """Finds the hints and masks of pages.

    Returns:
      A sentence for each file that belongs to no page, and for each page that has no mask.
    """
    unused = self.hints.match(pages) + self.masks.match(pages)
    if masks := self.options.balloons:
      bare = [page.label for page in pages if not self.masks.of(page)]
      unused += [f'{masks}: has no mask for {label}, whose balloons are found.' for label in bare]
    return unused

  def guides(self, page: Page) -> bytes:
    """The content of a page's hint file, and of its mask."""
    path, mask = self.hints.of(page), self.masks.of(page)
    found = f'{os.path.splitext(path)[1]} '.encode() + read_bytes(path) if path else b''
    return found + b' balloons ' + hashlib.sha256(read_bytes(mask)).digest() if mask else found

  def earlier(self, done: Sequence[Done]) -> str:
    """What a page looks at of those before it, by the rule of `pages.remembered`."""
    pages = [remembered.unpack(d.remembered) for d in done if d.remembered]
    return remembered.pack(remembered.recall(pages)) if pages else ''

  def __call__(self, page: Page, pictures: list[Picture], earlier: str = '') -> Result:
    options, lost = self.options, ()
    for note in pictures[0].notes:
      log.info('%s: %s.', page.label, note)
    file = self.hints.of(page)
    first = _with_options(pictures[0], options)
    if not options.force and is_colored(first.rgb):
      log.info('%s: in colour already, passed through (--force colours it).', page.label)
      unused = f'{file}: {page.name} is in colour already (--force colours it).'
      passed = _passed(page, pictures, options)
      return dataclasses.replace(
        passed, notes=(unused,) if file else (), remembered=self._in_color(first)
      )
    several = len(pictures) > 1
    suffix = (
      '.tif'
      if several and options.suffix in ('.png', '.webp', '.jpg') and not options.same_suffix
      else options.suffix
    )
    if several and suffix not in ('.tif', '.tiff'):
      lost = (
        f'{page.label}: has {len(pictures)} pages, the first is coloured; write .tif, .cbz, .pdf '
        'or a folder for all.',
      )
      log.warning('%s', lost[0])
      pictures = pictures[:1]
    ready = [first, *(_with_options(p, options) for p in pictures[1:])]
    for picture in ready:  # before anything is computed
      check_size(picture.rgb.shape, suffix)
    hints, balloons, notes = None, None, []
    if mask := self.masks.of(page):
      balloons = BalloonMask.read(mask, ready[0].rgb.shape)
      if not balloons.marked.any():
        notes.append(f'{mask}: marks no balloon; what is white in a mask, or opaque, is marked.')
    if file:
      hints = Hints.read(file, ready[0].rgb.shape[:2])
      if not hints.mask.any():
        notes.append(f'{file}: has no stroke that can be seen (alpha of at least {VISIBLE}).')
        log.warning('%s', notes[0])
        hints = None
    looked_at = [remembered.unpack(earlier)] if earlier else []
    memory = list(looked_at)
    files = self._files(ready, Drawn(hints, balloons), suffix, notes, memory)
    own = memory[len(looked_at) :]
    notes = [note if page.name in note else f'{page.label}: {note}' for note in notes]
    kept = remembered.pack(remembered.together(own)) if own else ''
    return Result(COLORED, files, tuple(notes), lost, kept)

  def _in_color(self, picture: Picture) -> str:
    """What later pages may look at of a page that is in colour already."""
    if not self.options.remember:
      return ''
    opaque = dataclasses.replace(picture, alpha=None)
    return remembered.pack(self.colorizer.look_at(Reference.make(opaque)))

  def _page(
    self, picture: Picture, drawn: Drawn, memory: list[Remembered], **how: Any
  ) -> ColoredPage:
    """A page that looks at what is in `memory`, and is added to it."""
    options = self.options
    how['balloons'] = drawn.balloons
    if not options.remember:
      return self.colorizer.page(picture, drawn.hints, **how, **options.guides)
    how.pop('layers', None)
    looked_at = [*options.references, *memory]
    how = {**options.guides, 'reference': looked_at, **how}
    answer = self.colorizer.answer(picture, drawn.hints, **how)
    if not how.get('sample'):
      memory.append(answer.remembered)
    return answer.page

  def _files(
    self,
    ready: list[Picture],
    drawn: Drawn,
    suffix: str,
    notes: list[str],
    memory: list[Remembered],
  ) -> dict[str, bytes]:
    options = self.options
    if options.suffix in layer_files.SUFFIXES:
      return {suffix: self._layers(ready[0], drawn, memory)}
    if options.flats:
      return self._flats(ready[0], drawn, memory)
    files = {}
    for n in range(options.samples):
      rgbs = [self._page(p, drawn, memory, sample=n).rgb for p in ready]
      files[f'_{n + 1}{suffix}' if n else suffix] = encode(list(zip(rgbs, ready)), suffix)
      if not n:
        notes += _unseen(rgbs[0], ready[0])
    return files

  def _flats(self, picture: Picture, drawn: Drawn, memory: list[Remembered]) -> dict[str, bytes]:
    options = self.options
    limits = dict(palette=options.palette, gap=options.gap or None)
    colored = self._page(picture, drawn, memory, layers=True, **limits)
    flats = self.colorizer.flats(colored, drawn.hints, **limits)
    return _flats_files(flats, picture)

  def _layers(self, picture: Picture, drawn: Drawn, memory: list[Remembered]) -> bytes:
    options, hints = self.options, drawn.hints
    opaque = dataclasses.replace(picture, alpha=None)
    limits = dict(palette=options.palette, gap=options.gap or None)
    colored = self._page(opaque, drawn, memory, layers=True, **limits)
    regions = self.colorizer.regions(colored, hints, options.gap or None)
    flats = paint_regions(regions.labels, regions.colors, regions.is_paper, options.palette)
    solid = options.flats or options.palette is not None
    if solid:
      colored = with_color(colored, flats.rgb)
    else:
      colored = with_hints(colored, regions, 'hint' in self.colorizer.method.inputs)
    stack = layers.stack(colored, flats, colored.balloons, hints, solid=solid)
    return _pack(stack, colored.rgb, picture, options.suffix)


@dataclasses.dataclass(frozen=True, eq=False)
class Recolorist:
  """Changes the palette of flats, without a network."""

  palette: Palette
  remember = False

  @property
  def settings(self) -> str:
    """All that every page's colours depend on."""
    return self.palette.text()

  def earlier(self, done: Sequence[Done]) -> str:
    """A page looks at no other."""
    return ''

  def prepare(self, pages: Sequence[Page]) -> list[str]:
    """There are no guides."""
    return []

  def guides(self, page: Page) -> bytes:
    """The names of a page's colours."""
    sidecar = os.path.splitext(page.path)[0] + '.json'
    return read_bytes(sidecar) if os.path.exists(sidecar) else b''

  def __call__(self, page: Page, pictures: list[Picture], earlier: str = '') -> Result:
    flats = read_flats(page.path)
    return Result(COLORED, _flats_files(recolor(flats, self.palette), pictures[0]))


def read_flats(path: str) -> Flats:
  """Flats as written here: a palette PNG, its JSON beside it.

  Raises:
    ValueError: it is no such picture.
  """
  sidecar = os.path.splitext(path)[0] + '.json'
  if not os.path.exists(sidecar):
    raise ValueError(
      f'{path}: no flats: there is no {os.path.basename(sidecar)} beside it (--flats writes both).'
    )
  palette = Palette.read(sidecar)
  with open(sidecar, encoding='utf-8-sig') as file:
    rows = json.load(file).get('colors', [])
  counts = [row.get('regions', 0) for row in rows if isinstance(rows, list)]
  regions = tuple(n if isinstance(n, int) else 0 for n in counts)
  regions += (0,) * (len(palette.names) - len(regions))
  with Image.open(path) as image:
    index = np.asarray(image) if image.mode == 'P' else None
  if index is None or index.max() >= len(palette.names):
    raise ValueError(
      f'{path}: no flats: not a palette PNG of the colours in {os.path.basename(sidecar)}.'
    )
  return Flats(index, palette, regions)


def _passed(page: Page, pictures: list[Picture], options: Options) -> Result:
  suffix = options.suffix
  if not options.same_suffix and not page.rendered:
    return Result(PASSED, {page.suffix: page.bytes()})
  if page.path and page.path.lower().endswith(suffix):
    return Result(PASSED, {suffix: page.bytes()})
  if suffix in layer_files.SUFFIXES:
    rgb = pictures[0].rgb
    only = layers.Layer('page', np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)]))
    return Result(PASSED, {suffix: _pack([only], rgb, pictures[0], suffix)})
  return Result(PASSED, {suffix: encode([(p.rgb, p) for p in pictures], suffix)})


def _unseen(rgb: np.ndarray, picture: Picture) -> list[str]:
  """A sentence on a page that was coloured and looks as before; else none."""
  changed = np.abs(rgb.astype(np.int16) - picture.rgb).max(-1) > 4
  if changed.mean() >= UNSEEN:
    return []
  if picture.alpha is not None and (picture.alpha == 0).mean() > 0.05:
    return ['its colours lie under alpha 0 and cannot be seen; --alpha=paper puts it on paper.']
  if np.ptp(picture.grey) < 16:
    return []  # a blank page
  return ['looks as before: all of it was taken for paper.']


def _with_options(picture: Picture, options: Options) -> Picture:
  if options.drop_hue is not None:
    picture = dataclasses.replace(picture, rgb=drop(picture.rgb, options.drop_hue))
  if options.invert:
    picture = dataclasses.replace(picture, rgb=255 - picture.rgb, alpha=None)
  return dataclasses.replace(picture, alpha=None) if options.on_paper else picture


def _pack(stack: list[layers.Layer], rgb: np.ndarray, picture: Picture, suffix: str) -> bytes:
  out = io.BytesIO()
  write = layer_files.write_ora if suffix == '.ora' else layer_files.write_psd
  write(out, stack, rgb, upright_dpi(picture))
  return out.getvalue()


def _flats_files(flats: Flats, picture: Picture) -> dict[str, bytes]:
  out = io.BytesIO()
  dpi = upright_dpi(picture)
  flats.image().save(out, 'PNG', **({'dpi': dpi} if dpi else {}))
  return {'.png': out.getvalue(), '.json': flats.sidecar().encode()}
