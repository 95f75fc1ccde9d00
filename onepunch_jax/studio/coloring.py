"""Answers for a document's pages: by a session of a checkpoint with regions, or by any other."""

import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np

from onepunch_jax.images import reader
from onepunch_jax.images.reader import Picture
from onepunch_jax.pages.hints import Hints
from onepunch_jax.pages.palette import Palette, parse
from onepunch_jax.pages.remembered import Remembered, recall
from onepunch_jax.studio.answers import Answers
from onepunch_jax.studio.recent import Recent
from onepunch_jax.studio.records import Record, digest_text, picture
from onepunch_jax.studio.store import Store

PAGES = 3  # whose features are kept
PIXELS = 60_000_000  # of these pages: 20 to 30 bytes each
REMEMBERED = 4  # earlier pages that a page looks at
EDITS = 'split', 'join'  # uses of hints that change regions, not colours


class Done(NamedTuple):
  """An answer that lies in the session's folder.

  Attributes:
    id: of all that it depends on: the same answer has the same id.
    milliseconds: that it took, 0 where it was there already.
  """

  id: str
  milliseconds: float


class Coloring:
  """Colours pages of documents with one checkpoint.

  Args:
    colorizer: a `pages.colorizer.Colorizer`, or what has its interface.
    answers: where they are kept.
  """

  def __init__(self, colorizer: Any, answers: Answers):
    self.colorizer = colorizer
    self.answers = answers
    self._sessions: Recent[Any] = Recent(PAGES, PIXELS)
    self._pictures: Recent[Picture] = Recent(PAGES, PIXELS)
    nothing = np.zeros((0, 0), np.uint16)
    self._labels: tuple[np.ndarray, np.ndarray] = nothing, nothing  # of an answer, and as uint16

  def abilities(self) -> dict[str, bool]:
    """What the checkpoint can use."""
    regions = self.colorizer.by_regions
    inputs = self.colorizer.method.inputs
    optional = self.colorizer.method.optional_inputs
    return {
      'hints': True,
      'tags': 'tags' in inputs,
      'references': regions or 'reference' in inputs,
      'variants': 'sample' in optional or 'sample' in inputs,
      'suggest': regions,
      'next': regions,
      'regions': regions,
      'palette': regions,
      'shading': regions,
    }

  def picture(self, store: Store, page: dict) -> Picture:
    """A page as it was opened."""
    path = store.path('pages', page['id'], '.png')
    size = page['width'] * page['height']
    return self._pictures.get(path, size, lambda: reader.read(path, name=page['name']))

  def answer_id(self, document: dict, page: dict, variant: int, earlier: Sequence[str] = ()) -> str:
    """The id of the answer that a page has as the document is now.

    Args:
      earlier: ids of the answers of earlier pages that it looks at.
    """
    palette = None
    if document['only_palette']:
      palette = [s['color'] for s in document['palette']]
    hints = [{k: h[k] for k in ('use', 'color', 'points')} for h in page['hints']]
    guides = {k: page[k] for k in ('id', 'tags', 'references', 'gap')}
    whole = [self.colorizer.fingerprint, guides, hints, palette, variant, list(earlier)]
    return hashlib.sha256(digest_text(whole).encode()).hexdigest()[:32]

  def paint(
    self, store: Store, document: dict, page: dict, variant: int, earlier: Sequence[str] = ()
  ) -> Done:
    """The answer of a page, made or found.

    Raises:
      ValueError: what the page asks for cannot be done; a sentence for the person.
    """
    name = self.answer_id(document, page, variant, earlier)
    try:
      self.answers.get(store, name)
      return Done(name, 0.0)
    except FileNotFoundError:
      pass
    except (OSError, ValueError):
      pass  # cut off by a full disk: made anew
    clock = time.perf_counter()
    picture = self.picture(store, page)
    made = self._by_regions if self.colorizer.by_regions else self._by_pixels
    record = made(store, document, page, picture, variant, earlier)
    self.answers.put(store, name, record)
    return Done(name, 1e3 * (time.perf_counter() - clock))

  def suggest(self, store: Store, page: dict, x: float, y: float, count: int = 9) -> list[Any]:
    """Likely colours of the region at a place (`Session.suggest`)."""
    picture = self.picture(store, page)
    guides = dict(tags=page['tags'], references=self._references(store, page), count=count)
    return self._session(page, picture).suggest(x, y, hints_of(page), **guides)

  def next_places(
    self, store: Store, page: dict, count: int = 5, check: Callable[[], None] | None = None
  ) -> list[tuple[int, int, float]]:
    """Where a hint would settle most (`Session.next_places`)."""
    picture = self.picture(store, page)
    guides: dict[str, Any] = {'tags': page['tags'], 'count': count, 'check': check}
    guides['references'] = self._references(store, page)
    return self._session(page, picture).next_places(hints_of(page), **guides)

  def color(
    self, store: Store, page: dict, record: Record, colors: np.ndarray, shading: str
  ) -> np.ndarray:
    """The colours of an answer at the page's size, uint8 [H, W, 3].

    Args:
      store: of the session.
      page: the page that is answered.
      record: the answer.
      colors: of its regions, uint8 [n, 3].
      shading: 'off', 'cel' or 'soft': shadow and light over them.
    """
    color = record.color(colors)
    if shading == 'off' or not self.colorizer.by_regions:
      return color
    bare = record.is_paper[record.labels]
    return self._session(page, self.picture(store, page)).shaded(color, bare, shading)

  def png(
    self, store: Store, page: dict, name: str, palette: list[dict], shading: str, width: int = 0
  ) -> bytes:
    """The picture of an answer for the browser, a PNG (`Record.picture`).

    Args:
      store: of the session.
      page: the page that is answered.
      name: the answer's id.
      palette: laid over its colours.
      shading: of `color`; a small picture has none.
      width: px of a small one; 0: the page's own.

    Raises:
      OSError, ValueError: there is no such answer.
    """
    record = self.answers.get(store, name)
    colors = record.repainted(palette)
    if shading == 'off' or width or not self.colorizer.by_regions:
      return record.picture(colors, width)
    return picture(self.color(store, page, record, colors, shading))

  def is_ready(self, page: dict) -> bool:
    """Whether the page's regions and features are there, so that an answer is quick."""
    return self._sessions.find(_key(page)) is not None

  def prepare(self, store: Store, page: dict) -> None:
    """Compiles what more regions than the page has would ask for (`Session.prepare`)."""
    prepare = getattr(self._session(page, self.picture(store, page)), 'prepare', None)
    if prepare is not None:
      prepare()

  def _session(self, page: dict, picture: Picture) -> Any:
    """The page's session; those of the pages worked at last are kept."""
    key = _key(page)
    size = page['width'] * page['height']
    make = self.colorizer.session
    return self._sessions.get(key, size, lambda: make(picture, page['gap'], edits=edits_of(page)))

  def _by_regions(
    self,
    store: Store,
    document: dict,
    page: dict,
    picture: Picture,
    variant: int,
    earlier: Sequence[str],
  ) -> Record:
    palette = None
    if document['only_palette'] and document['palette']:
      palette = Palette.make({s['id']: s['color'] for s in document['palette']})
    references = self._references(store, page)
    if before := self._remembered(store, earlier):
      references.append(recall(before))
    found = self._session(page, picture).colors(
      hints_of(page), tags=page['tags'], references=references, palette=palette, sample=variant
    )
    regions, remembered = found.regions, found.remembered
    return Record(
      self._small(regions.labels),
      regions.colors,
      regions.is_paper,
      regions.hinted,
      found.balloons,
      None,
      remembered.tokens.astype(np.float16),
      remembered.colors,
      remembered.by_hand,
    )

  def _small(self, labels: np.ndarray) -> np.ndarray:
    """uint16 labels, the same object for those of the answer before: most hints split nothing."""
    known, small = self._labels
    if labels is not known:
      small = labels.astype(np.uint16)
      self._labels = labels, small
    return small

  def _by_pixels(
    self,
    store: Store,
    document: dict,
    page: dict,
    picture: Picture,
    variant: int,
    earlier: Sequence[str],
  ) -> Record:
    """With a checkpoint without regions: its own colours, and regions found in them."""
    can = self.abilities()
    hints = hints_of(page)
    guides: dict[str, Any] = {'sample': variant if can['variants'] else 0}
    if can['tags']:
      guides['tags'] = page['tags']
    if can['references'] and page['references']:
      guides['reference'] = store.path('references', page['references'][0], '.png')
    hints = None if hints is None else Hints.make(hints, picture.rgb.shape[:2])
    colored = self.colorizer.page(picture, hints, layers=True, **guides)
    found = self.colorizer.regions(colored, hints, page['gap'])
    color = colored.color.copy()
    here = found.hinted[found.labels]
    color[here] = found.colors[found.labels[here]]
    return Record(
      found.labels.astype(np.uint16),
      found.colors,
      found.is_paper,
      found.hinted,
      colored.balloons,
      color,
    )

  def _references(self, store: Store, page: dict) -> list[Any]:
    return [store.path('references', name, '.png') for name in page['references']]

  def _remembered(self, store: Store, earlier: Sequence[str]) -> list[Remembered]:
    """What earlier pages' answers let a page look at."""
    found = []
    for name in earlier:
      try:
        record = self.answers.get(store, name)
      except (OSError, ValueError):
        continue
      if record.tokens is not None and len(record.tokens):
        tokens = record.tokens.astype(np.float32)
        found.append(Remembered(tokens, record.token_colors, record.by_hand))
    return found


def _key(page: dict) -> tuple:
  """What tells sessions apart: the page, and the strokes that change its regions."""
  edits = digest_text([(h['use'], h['points']) for h in page['hints'] if h['use'] in EDITS])
  return page['id'], page['gap'], edits


def hints_of(page: dict) -> Hints | None:
  """The colours and white of a page's hints, as a picture; None where there are none."""
  some = [h for h in page['hints'] if h['use'] in ('color', 'white', 'keep')]
  if not some:
    return None
  rgba = np.zeros((page['height'], page['width'], 4), np.uint8)
  for hint in some:
    rgb = parse(hint['color']) if hint['use'] == 'color' else (255, 255, 255)
    draw(rgba, hint['points'], (*rgb, 255))
  return Hints(rgba)


def edits_of(page: dict) -> list[tuple[str, np.ndarray]]:
  """The strokes that split or join regions: ('split' or 'join', bool [H, W]), in their order."""
  found = []
  for hint in page['hints']:
    if hint['use'] in EDITS:
      mask = np.zeros((page['height'], page['width']), np.uint8)
      draw(mask, [[x, y, 1.0] for x, y, _ in hint['points']], 1)
      found.append((hint['use'], mask > 0))
  return found


def draw(canvas: np.ndarray, points: Sequence[Sequence[float]], color: Any) -> None:
  """Draws a dot, or a stroke of changing width."""
  before = None
  for x, y, radius in points:
    place = round(x), round(y)
    cv2.circle(canvas, place, max(0, round(radius)), color, -1)
    if before is not None:
      thickness = max(1, round(before[1] + radius))
      cv2.line(canvas, before[0], place, color, thickness)
    before = place, radius
