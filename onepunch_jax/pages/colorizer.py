"""A checkpoint as a function on pictures: the API for Python, and what the commands use."""

import functools
import hashlib
import os
from collections.abc import Sequence
from typing import Any, Self, TypeVar

import jax
import numpy as np
from PIL import Image

from onepunch_jax.data import vocabulary
from onepunch_jax.images import arrays
from onepunch_jax.images.reader import Picture
from onepunch_jax.pages import guides, paper, scale
from onepunch_jax.pages.balloon_masks import BalloonMask
from onepunch_jax.pages.compose import ColoredPage, Prediction, compose
from onepunch_jax.pages.find_regions import find_regions
from onepunch_jax.pages.hints import Hints
from onepunch_jax.pages.levels import line_art
from onepunch_jax.pages.palette import Flats, Palette, Regions, paint_regions
from onepunch_jax.pages.pixel_model import PixelModel
from onepunch_jax.pages.reference import Reference
from onepunch_jax.pages.region_model import RegionModel
from onepunch_jax.pages.remembered import Remembered, of_reference
from onepunch_jax.pages.session import Answer, Session
from onepunch_jax.pages.strips import color_parts
from onepunch_jax.training import compilation_cache
from onepunch_jax.weights import shipped
from onepunch_jax.weights.runs import load_config, load_for_inference

Image_ = TypeVar('Image_', Image.Image, np.ndarray)
INPUTS = ('line', 'hint', 'tags', 'reference')  # the batch keys that a page can have


class Colorizer:
  """Colours pictures of any size; lines, lettering, paper and alpha stay.

      from onepunch_jax import Colorizer
      colorizer = Colorizer('runs/pix2pix')  # or Colorizer.load(), with weights that come along
      colored = colorizer(Image.open('page.png'))

  Safe to call from several threads; the same picture gives the same bytes.

  Attributes:
    method: of the run (`core.Method`).
    variables: its averaged parameters.
    size: side of the pictures that it was trained on.
    seed: of what the method draws at random.
    detail: training sizes over the short side of a page; None: by the width of its lines.
    memory: MiB for the buffers of one page, beside the page itself (about 16 bytes a pixel).
    tags: the names of the tags that it learned, where its method uses tags.
    balloons: whether those that are found stay paper: 'auto', 'keep', 'color' (pages/paper.py).
  """

  def __init__(
    self,
    run: str | os.PathLike,
    step: int | str = 'latest',
    *,
    detail: float | None = None,
    memory: int = 512,
    balloons: str = 'auto',
  ):
    """Loads a checkpoint.

    Args:
      run: the --workdir of training, a file of weights, or a name of weights/shipped.
      step: a step, 'latest' or 'best'.
      detail, memory, balloons: see the class.

    Raises:
      ValueError: there is no such run or checkpoint, or its method needs what pages do not have.
    """
    method, variables, config = load_for_inference(os.fspath(run), step)
    if unknown := sorted(set(method.inputs) - {*INPUTS}):
      raise ValueError(
        f'{config.method.name} needs {unknown} besides line art, which pages do not '
        f'have; they have {list(INPUTS)}.'
      )
    tags = vocabulary.load(run) or ('',) * config.data.tags
    self._set(method, variables, config.data.size, config.seed, detail, memory, tags, balloons)

  @classmethod
  def load(cls, run: str | os.PathLike = shipped.DEFAULT, **how: Any) -> Self:
    """As `Colorizer(run, ...)`, by default with the weights that come with the package.

    Compiled programs are kept where the run's configuration says, so that the next start is faster.
    """
    if jax.config.jax_compilation_cache_dir is None:
      compilation_cache.use(load_config(os.fspath(run)).compilation_cache, compilation_cache.SHORT)
    return cls(run, **how)

  @classmethod
  def from_method(
    cls,
    method: Any,
    variables: Any,
    size: int,
    *,
    seed: int = 0,
    detail: float | None = None,
    memory: int = 512,
    tags: tuple[str, ...] = (),
  ) -> Self:
    """A method with its variables, where there is no run on disk; arguments as the attributes."""
    made = cls.__new__(cls)
    made._set(method, variables, size, seed, detail, memory, tags)
    return made

  def _set(self, method, variables, size, seed, detail, memory, tags, balloons='auto'):
    self.method = method
    self.variables = variables
    self.size = size
    self.seed = seed
    self.detail = detail
    self.memory = memory
    self.tags = tags
    self.balloons = balloons

  def __call__(
    self,
    image: Image_,
    hints: Any = None,
    *,
    tags: str | Sequence[str] = '',
    reference: Any = None,
    flats: bool = False,
    palette: Palette | dict[str, str] | None = None,
    sample: int = 0,
    shading: str = 'off',
    balloons: Any = None,
  ) -> Image_:
    """Colours a picture.

    Args:
      image: a PIL image of any mode; or an array [H, W], [H, W, 1 | 2 | 3 | 4] of uint8, uint16,
        bool, or float in [0, 1]. The EXIF orientation and the ICC profile of an image are applied.
      hints: RGBA picture of dots or strokes (PIL or uint8 [H, W, 4]), or a list of
        {'x': , 'y': , 'color': '#rrggbb', 'radius': }; None for none. White keeps its region
        paper, with any checkpoint.
      tags: 'blue hair, red eyes', or a list of such, of those in `self.tags`.
      reference: a path, or a picture as `image`, of any size, whose colours are wanted. A
        checkpoint that colours by regions takes a list of such, and folders and books, too.
      flats: one solid colour for each region instead of the page.
      palette: the only colours that flats may have: {name: '#rrggbb'}.
      sample: which of several colourings, where the method has them; 0 is the likeliest.
      shading: 'off', 'cel' or 'soft' over the colours of a checkpoint that colours by regions.
      balloons: a mask (PIL or an array [H, W]) whose white pixels, or where it has transparent
        parts whose opaque ones, are balloons and stay paper; None: they are found as
        `self.balloons` says.

    Returns:
      The same kind of thing: a PIL image, RGB or RGBA where the input has alpha; or a uint8 array
      [H, W, 3 | 4].

    Raises:
      TypeError, ValueError: the input is no picture, or the method has no such input; the
        message for an unknown tag names the nearest known ones.
    """
    picture = arrays.picture(image)
    read = None if hints is None else Hints.make(hints, picture.rgb.shape[:2])
    how = dict(sample=sample, tags=tags, reference=reference, balloons=balloons)
    if flats or palette is not None:
      palette = Palette.make(palette)
      page = self.page(picture, read, layers=True, palette=palette, **how)
      rgb = self.flats(page, read, palette).rgb
    else:
      rgb = self.page(picture, read, shading=shading, **how).rgb
    return arrays.like(image, rgb, picture.alpha)

  def page(
    self,
    picture: Picture,
    hints: Hints | None = None,
    *,
    layers: bool = False,
    sample: int = 0,
    tags: str | Sequence[str] = '',
    reference: Any = None,
    palette: Palette | None = None,
    gap: float | None = None,
    shading: str = 'off',
    balloons: Any = None,
  ) -> ColoredPage:
    """Colours a picture as `images.reader` reads it.

    Args:
      picture: the page.
      hints: of its size, or None.
      layers: keep what flats and layers need.
      sample, tags, reference, shading, balloons: as for a call of the colorizer.
      palette, gap: of a checkpoint that colours by regions, as for `Session`; others have no use
        for them before `flats`.
    """
    if self.by_regions:
      how = dict(tags=tags, reference=reference, palette=palette, sample=sample, shading=shading)
      return self.answer(picture, hints, gap=gap, balloons=balloons, **how).page
    guides.check_no_shading(shading)
    if not layers and hints is not None and not hints.white:
      guides.check_hints(self.method)
    if sample:
      guides.check_samples(self.method)
    found = self.references(reference)
    reference = found[0] if found else None
    line, constants = line_art(picture.grey), self._constants(sample, tags)
    marked = None
    if balloons is not None:
      marked = BalloonMask.make(balloons, line.shape).unhinted(hints)

    def color(picture, line, hints, marked, layers=True, detail=None):
      prediction = self._predict(line, hints, constants, reference, detail, marked)
      return compose(picture, prediction, line, memory=self.memory, layers=layers, marked=marked)

    parts = scale.windows(line.shape)
    if len(parts) == 1:
      return color(picture, line, hints, marked, layers)
    color = functools.partial(color, detail=scale.detail_levels(line, self.detail))
    return color_parts(picture, line, hints, marked, parts, color, layers)

  def answer(
    self,
    picture: Picture,
    hints: Hints | None = None,
    *,
    reference: Any = None,
    gap: float | None = None,
    balloons: Any = None,
    **how: Any,
  ) -> Answer:
    """As `page`, with what later pages may look at; `reference` may hold earlier ones' too.

    `how` is what `Session.answer` takes.

    Raises:
      ValueError: the checkpoint does not colour by regions.
    """
    session = self.session(picture, gap, balloons=balloons)
    return session.answer(hints, references=(reference,), **how)

  def look_at(self, reference: Reference) -> Remembered:
    """The regions of a picture in colour, for checkpoints that colour by regions."""
    return of_reference(self._region_model, reference)

  def session(
    self,
    image: Any,
    gap: float | None = None,
    edits: Sequence[tuple[str, np.ndarray]] = (),
    balloons: Any = None,
  ) -> Session:
    """The page with its features kept, to be answered many times.

    `image` is a `Picture` or what a call of the colorizer takes, `gap` as for `regions`, `edits`
    as for `Session`, `balloons` as for a call of the colorizer.

    Raises:
      ValueError: the checkpoint does not colour by regions.
    """
    guides.check_session(self.by_regions)
    picture = image if isinstance(image, Picture) else arrays.picture(image)
    if balloons is not None:
      balloons = BalloonMask.make(balloons, picture.rgb.shape)
    return Session(self._region_model, picture, self.hot, gap, edits, balloons or self.balloons)

  @property
  def by_regions(self) -> bool:
    """Whether the checkpoint colours by regions, so that pages have sessions."""
    return self._region_model is not None

  @functools.cached_property
  def _region_model(self) -> RegionModel | None:
    how = self.method, self.variables, self.size, self.seed, self.detail
    return RegionModel(*how) if RegionModel.fits(self.method) else None

  @functools.cached_property
  def _pixel_model(self) -> PixelModel:
    return PixelModel(self.method, self.variables, self.seed, self.memory)

  def predict(self, grey: np.ndarray) -> Prediction:
    """The network's colours for a page uint8 [H, W] without guides, at its working sizes."""
    return self._predict(line_art(grey), None, self._constants(0, ''), None)

  def _predict(
    self,
    line: np.ndarray,
    hints: Hints | None,
    constants: dict[str, np.ndarray],
    reference: Reference | None,
    detail: Sequence[tuple[float, float]] | None = None,
    marked: BalloonMask | None = None,
  ) -> Prediction:
    """The network's colours for a drawing uint8 [h, w]; with `detail`, of a part of a strip."""
    strip = detail is not None
    short = min(paper.SHORT, 2 * min(line.shape)) if strip else paper.SHORT
    layout = scale.resize(line, *scale.fit_short(line.shape, short))
    hinted = (None, None) if hints is None else hints.colors_and_paper(layout.shape)
    balloons = self.balloons if marked is None else marked.marked
    found = paper.find(layout, 255, *hinted, strip=strip, balloons=balloons)
    prediction = None
    for shape, side, share in scale.working_sizes(line, self.size, self.detail, detail):
      small = scale.resize(line, *shape).astype(np.float32)
      rgb = self._pixel_model.paint(small, side, hints, constants, reference)
      prediction = Prediction(rgb, small / 255, *found, prediction, share)
    return prediction

  def hot(self, tags: str | Sequence[str]) -> np.ndarray:
    """Names of tags -> multi-hot uint8 [T].

    Raises:
      ValueError: the method uses no tags, or a tag is not known; the message names the nearest
        known ones.
    """
    guides.check_tags(self.method)
    return vocabulary.hot(tags, self.tags)

  def _constants(self, sample: int, tags: str | Sequence[str]) -> dict[str, np.ndarray]:
    """The entries of a batch that do not depend on the place, without the axis of the batch."""
    found = {'sample': np.int32(sample)} if sample else {}  # without it, 0
    if tags:
      found['tags'] = self.hot(tags)
    elif 'tags' in self.method.inputs:
      found['tags'] = np.zeros(len(self.tags), np.uint8)
    return found

  def references(self, pictures: Any) -> tuple[Reference, ...]:
    """Reads references that the checkpoint can use, as `pages.guides.references`."""
    return guides.references(self.method, pictures, several=self.by_regions)

  def regions(
    self, page: ColoredPage, hints: Hints | None = None, gap: float | None = None
  ) -> Regions:
    """The regions of a page that was made with `layers=True`, and one colour for each.

    Args:
      page: with `color` and `paper`.
      hints: the regions that they mean have their colours.
      gap: px; a larger one than 1 % of the short side closes more of what looks like a gap, a
        smaller one less; None: that.
    """
    return page.regions or find_regions(page, hints, gap)

  def flats(
    self,
    page: ColoredPage,
    hints: Hints | None = None,
    palette: Palette | None = None,
    gap: float | None = None,
  ) -> Flats:
    """One solid colour for each of `regions`, of `palette` alone where there is one."""
    found = self.regions(page, hints, gap)
    return paint_regions(found.labels, found.colors, found.is_paper, palette)

  @functools.cached_property
  def fingerprint(self) -> str:
    """A hash of the parameters and settings that a page's colours depend on."""
    settings = self.size, self.seed, self.detail, self.memory, self.balloons
    digest = hashlib.sha256(str(settings).encode())
    for leaf in jax.tree.leaves((self.variables.params, self.variables.stats)):
      digest.update(np.asarray(leaf).tobytes())
    return digest.hexdigest()
