"""A page whose regions and features are kept: other hints are answered at once.

    session = Colorizer('runs/region').session(Image.open('page.png'))
    page = session.answer([{'x': 120, 'y': 80, 'color': '#aa3344'}]).page

The trunk runs once; an answer runs the layers that see colours. Every answer is a function of its
arguments alone: sessions keep nothing of earlier ones and may be shared by threads.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from onepunch_jax.images.reader import Picture
from onepunch_jax.nets.region_colors import Known
from onepunch_jax.ops import color
from onepunch_jax.pages import line_distance
from onepunch_jax.pages.balloon_masks import BalloonMask
from onepunch_jax.pages.compose import ColoredPage, fill_page
from onepunch_jax.pages.hinted import with_color
from onepunch_jax.pages.hints import Hints, by_region
from onepunch_jax.pages.levels import line_art
from onepunch_jax.pages.page_tokens import SplitTokens
from onepunch_jax.pages.palette import Palette, Regions
from onepunch_jax.pages.paper_regions import PaperRegions
from onepunch_jax.pages.reference import read_references
from onepunch_jax.pages.region_model import MOST, PageTokens, RegionModel, bucket, nothing
from onepunch_jax.pages.remembered import REGIONS, Remembered, of_reference, together
from onepunch_jax.pages.shading import check as check_shading
from onepunch_jax.pages.shading import shade
from onepunch_jax.pages.stages import stage
from onepunch_jax.pages.suggestions import Suggestion, components, suggest, uncertainty
from onepunch_jax.regions.edit import edit
from onepunch_jax.regions.ink import is_ink
from onepunch_jax.regions.segment import gap_width, segment
from onepunch_jax.regions.tokens import by_area

AREA = 7  # column of `Tokens.geometry`: the root of the share of the page
CANDIDATES = 16  # regions that `next_places` tries
AT_ONCE = 4  # of them
WHITE = 250  # a hint of this and more is paper


class Answer(NamedTuple):
  """The colours of a page.

  Attributes:
    page: in these colours, with its regions.
    remembered: what a later page may look at.
  """

  page: ColoredPage
  remembered: Remembered


class RegionColors(NamedTuple):
  """The colours of a page's regions.

  Attributes:
    regions: with their colours.
    balloons: bool [h, w], those of the page.
    remembered: what a later page may look at.
  """

  regions: Regions
  balloons: np.ndarray
  remembered: Remembered


class Session:
  """One page and the nets of a checkpoint.

  Args:
    model: the nets.
    picture: the page as `images.reader` reads it.
    hot: names of tags -> multi-hot [T]; None where the checkpoint reads none.
    gap: px up to which gaps in lines are closed; None: 1 % of the short side.
    edits: strokes that split or join regions (`regions.edit`).
    balloons: whether they stay paper (`paper.BALLOONS`), or a mask, whose marks are regions.
  """

  def __init__(
    self,
    model: RegionModel,
    picture: Picture,
    hot: Callable[[Any], np.ndarray] | None = None,
    gap: float | None = None,
    edits: Sequence[tuple[str, np.ndarray]] = (),
    balloons: str | BalloonMask = 'auto',
  ):
    self._model, self._picture, self._hot = model, picture, hot
    line = self._line = line_art(picture.grey)
    strength = 1.0 if gap is None else gap / gap_width(line.shape)
    with stage('closing gaps'):
      self._distance = line_distance.predict(line)
    with stage('segmenting'):
      labels = segment(line, distance=self._distance, strength=strength, max_regions=MOST)
    labels = edit(labels, edits) if edits else labels
    self._labels = by_area(balloons.cut(labels) if isinstance(balloons, BalloonMask) else labels)
    with stage('reading the drawing'):
      features = model.features(line)
    self._light = ~is_ink(line)
    self._paper = PaperRegions(line, self._light, balloons)
    self._tokens = SplitTokens(model, line, self._labels, features)

  def answer(
    self,
    hints: Any = None,
    *,
    tags: str | Sequence[str] = '',
    references: Sequence[Any] = (),
    palette: Palette | dict[str, str] | None = None,
    sample: int = 0,
    seed: int = 0,
    shading: str = 'off',
  ) -> Answer:
    """Colours the page.

    Args:
      hints: as for a call of the colorizer. A hint holds exactly in its region; a region with hints
        of several colours is split between them; white is paper.
      tags: as for a call of the colorizer.
      references: pictures, folders (`pages.reference.read_references`), earlier pages
        (`Answer.remembered`), any number.
      palette: the only colours that regions without a hint may have, beside paper.
      sample: 0 is the likeliest answer, others are variants.
      seed: of what is drawn at random: the same arguments give the same bytes.
      shading: 'off', 'cel' or 'soft': shadow and light over the flat colours of the page. Its
        regions keep their flat colours.

    Raises:
      TypeError, ValueError: an argument that cannot be understood.
    """
    check_shading(shading)
    found = self.colors(
      hints, tags=tags, references=references, palette=palette, sample=sample, seed=seed
    )
    done = fill_page(self._picture, self._line, found.regions, found.balloons)
    if shading != 'off':
      done = with_color(done, self.shaded(done.color, done.paper, shading))
    return Answer(done, found.remembered)

  def shaded(self, color: np.ndarray, bare: np.ndarray, kind: str) -> np.ndarray:
    """Colours uint8 [H, W, 3] with shadow and light, but where `bare`, bool [H, W]."""
    with stage('shading'):
      return shade(color, self._line, self._distance, kind, bare=bare)

  def colors(
    self,
    hints: Any = None,
    *,
    tags: str | Sequence[str] = '',
    references: Sequence[Any] = (),
    palette: Palette | dict[str, str] | None = None,
    sample: int = 0,
    seed: int = 0,
  ) -> RegionColors:
    """The colours of the page's regions: an answer without a picture of it.

    Args:
      hints, tags, references, palette, sample, seed: as for `answer`.

    Raises:
      TypeError, ValueError: an argument that cannot be understood.
    """
    hints = None if hints is None else Hints.make(hints, self._line.shape)
    with stage('measuring regions'):
      page, hint_colors = self._with_hints(hints)
    with stage('looking for paper'):
      stays, balloons = self._paper.find(hints, page.labels)
    palette = Palette.make(palette)
    known = self._known(page, hint_colors, stays, tags, references, palette)
    with stage('colouring'):
      filled = self._model.decode(
        page,
        known,
        sample=sample,
        seed=seed,
        only_palette=palette is not None,
        hints=len(hint_colors),
      )
    colors = np.round(127.5 + 127.5 * np.clip(filled, -1, 1)).astype(np.uint8)
    hinted = np.zeros(page.count, bool)
    for region, rgb in hint_colors.items():
      colors[region], hinted[region] = rgb, True
    is_paper = np.where(hinted, colors.min(1) >= WHITE, stays | (colors.min(1) == 255))
    colors[is_paper] = 255
    seen = np.concatenate([np.flatnonzero(hinted), np.flatnonzero(~hinted & ~is_paper)])
    seen = seen[:REGIONS]
    known_now = colors[seen] / np.float32(127.5) - 1
    return RegionColors(
      Regions(page.labels, colors, is_paper, hinted),
      balloons,
      Remembered(page.tokens[seen], known_now, hinted[seen]),
    )

  def suggest(
    self,
    x: float,
    y: float,
    hints: Any = None,
    *,
    tags: str | Sequence[str] = '',
    references: Sequence[Any] = (),
    count: int = 5,
  ) -> list[Suggestion]:
    """Likely colours of the region at a place, the likeliest first; they differ by 12 dE or more.

    Args:
      x, y: in pixels of the page.
      hints, tags, references: what is known already, as for `answer`.
      count: at most so many.

    Raises:
      ValueError: the place lies outside the page.
    """
    height, width = self._line.shape
    if not (0 <= x < width and 0 <= y < height):
      raise ValueError(f'({x:g}, {y:g}) lies outside the page of {width} x {height}.')
    page, known = self._state(hints, tags, references)
    region = page.labels[int(y), int(x)]
    known.known[0, 0, region] = False  # what else it could be
    return suggest(self._model.mixture(page, known), region, count)

  def next_places(
    self,
    hints: Any = None,
    *,
    tags: str | Sequence[str] = '',
    references: Sequence[Any] = (),
    count: int = 5,
    check: Callable[[], None] | None = None,
  ) -> list[tuple[int, int, float]]:
    """Places (x, y, worth) in the order in which hints there would settle most.

    The worth of a place is the uncertainty, dE weighted by area, that goes where its region has its
    likeliest colour: its own, and that of the regions which follow it.

    Args:
      hints, tags, references: what is known already, as for `answer`.
      count: at most so many.
      check: called now and then; what it raises ends the search.
    """
    page, known = self._state(hints, tags, references)
    area = page.table.geometry[:, AREA] ** 2
    now = self._model.mixture(page, known)
    before = uncertainty(now)[0] * area * ~known.known[0, 0]
    order = np.argsort(-before[: page.count], kind='stable')[:CANDIDATES]
    order = order[before[order] > 0]
    if not len(order):
      return []
    left = []
    for start in range(0, len(order), AT_ONCE):
      if check is not None:
        check()
      some = order[start : start + AT_ONCE]
      trials = _alternatives(known, AT_ONCE)
      for n, region in enumerate(some):
        lab, share = components(now, region)
        rgb = color.lab_to_rgb(lab[np.argmax(share)].astype(np.float32))
        trials.known[0, n, region] = True
        trials.colors[0, n, region] = 2 * np.asarray(rgb) - 1
      after = uncertainty(self._model.mixture(page, trials)) * area * ~trials.known[0]
      left.append(after.sum(-1)[: len(some)])
    worth = before.sum() - np.concatenate(left)
    deepest = (0.5 + 0.5 * page.table.geometry[order, 2:4]) * self._line.shape[::-1]
    best = np.argsort(-worth, kind='stable')[:count]
    return [(*map(int, deepest[n]), float(worth[n])) for n in best]

  def prepare(self) -> None:
    """Compiles what answers will need if hints split some regions more than the page has."""
    page = self._tokens.plain
    self._model.prepare(page, self._known(page, {}, np.False_, '', (), None))

  def _state(
    self, hints: Any, tags: str | Sequence[str], references: Sequence[Any]
  ) -> tuple[PageTokens, Known]:
    """The page's tokens and what is known of its colours."""
    hints = None if hints is None else Hints.make(hints, self._line.shape)
    page, hint_colors = self._with_hints(hints)
    stays, _ = self._paper.find(hints, page.labels)
    return page, self._known(page, hint_colors, stays, tags, references, None)

  def _with_hints(self, hints: Hints | None) -> tuple[PageTokens, dict[int, np.ndarray]]:
    """The page's tokens, regions split where hints ask for it, and the colours of hints."""
    if hints is None:
      return self._tokens.plain, {}
    seeds = hints.seeds(self._labels, self._light)
    page = self._tokens.split(seeds)
    return page, by_region(seeds, page.labels)

  def _known(
    self,
    page: PageTokens,
    hint_colors: dict[int, np.ndarray],
    stays: np.ndarray,
    tags: str | Sequence[str],
    references: Sequence[Any],
    palette: Palette | None,
  ) -> Known:
    """All that is known of the page's colours."""
    rows, dim = page.tokens.shape
    with stage('reading references'):
      others = self._remembered(list(references))
    looked_at = together(others) if others else None
    count = 0 if looked_at is None else len(looked_at.tokens)
    colors = 0 if palette is None else len(palette.rgb)
    numbers = np.flatnonzero(self._hot(tags)) if tags and self._hot else []
    known = nothing(
      rows,
      dim,
      bucket(count) if count else 0,
      bucket(colors, (16, 64, 256)) if colors else 0,
      bucket(len(numbers), (12, 48)),
    )
    known.known[0, 0, : page.count], known.colors[0, 0, : page.count] = stays, 1.0
    for region, rgb in hint_colors.items():
      known.known[0, 0, region] = True
      known.colors[0, 0, region] = rgb / np.float32(127.5) - 1
    if count:
      known.reference[0, :count] = looked_at.tokens
      known.reference_colors[0, :count] = looked_at.colors
      known.reference_mask[0, 0, :count] = True
    if colors:
      known.palette[0, :colors] = palette.rgb / np.float32(127.5) - 1
      known.palette_mask[0, 0, :colors] = True
    known.tags[0, : len(numbers)] = numbers
    known.tags_mask[0, 0, : len(numbers)] = True
    return known

  def _remembered(self, reference: Any) -> list[Remembered]:
    """An earlier page, or the pictures that `pages.reference.read_references` reads."""
    if isinstance(reference, Remembered):
      return [reference]
    if isinstance(reference, list | tuple):
      return [one for each in reference for one in self._remembered(each)]
    return [of_reference(self._model, one) for one in read_references(reference)]


def _alternatives(known: Known, count: int) -> Known:
  """`count` copies of what is known of one picture, along the axis of alternatives."""

  def copies(x: np.ndarray) -> np.ndarray:
    return np.repeat(x, count, 1)

  return known._replace(
    colors=copies(known.colors),
    known=copies(known.known),
    reference_mask=copies(known.reference_mask),
    palette_mask=copies(known.palette_mask),
    tags_mask=copies(known.tags_mask),
  )
