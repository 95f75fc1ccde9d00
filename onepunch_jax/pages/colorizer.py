"""A checkpoint as a function on pictures: the library's door, behind the command line too."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import os
from collections.abc import Callable, Sequence
from typing import Any, Self, TypeVar

import jax
import numpy as np
from PIL import Image

from onepunch_jax import registry
from onepunch_jax.data import vocabulary
from onepunch_jax.data.batch import cast
from onepunch_jax.images import arrays
from onepunch_jax.images.pixels import to_grey
from onepunch_jax.images.reader import Picture
from onepunch_jax.pages import paper, scale, tiles
from onepunch_jax.pages.compose import Page, Proposal, compose, lay_lines
from onepunch_jax.pages.flats import LINE, dominant, segment
from onepunch_jax.pages.hints import Hints
from onepunch_jax.pages.palette import Flats, Palette, paint_regions
from onepunch_jax.pages.reference import Reference
from onepunch_jax.training.checkpoint import load_for_inference

Shown = TypeVar('Shown', Image.Image, np.ndarray)
WHITE = 250  # flats all of whose channels are above are paper
READS = ('line', 'hint', 'tags', 'reference')  # the batch keys that pages can give


class Colorizer:
  """Colours pictures of any size; lines, lettering, paper and alpha stay.

      from onepunch_jax import Colorizer
      colorizer = Colorizer('runs/pix2pix')
      colored = colorizer(Image.open('page.png'))

  Safe to call from several threads; the same picture gives the same bytes.

  Attributes:
    method: of the run (`core.Method`).
    variables: its averaged parameters.
    size: side of the pictures that it was trained on.
    seed: of what the method draws at random.
    detail: training sizes over the short side of a page; None: by the width of its lines.
    memory: MiB for the buffers of one page, beside the page itself (about 16 bytes a pixel).
    tags: the names of the tags that it learned, where its method reads tags.
  """

  def __init__(
    self,
    run: str | os.PathLike,
    step: int | str = 'latest',
    *,
    detail: float | None = None,
    memory: int = 512,
  ):
    """Loads a checkpoint.

    Args:
      run: the --workdir of training.
      step: a step, 'latest' or 'best'.
      detail, memory: see the class.

    Raises:
      ValueError: there is no such run or checkpoint, or its method reads what pages do not have.
    """
    method, variables, config = load_for_inference(os.fspath(run), step)
    if unknown := sorted(set(method.reads) - {*READS}):
      raise ValueError(
        f'{config.method.name} reads {unknown} besides line art, which pages cannot '
        f'give; they give {list(READS)}.'
      )
    tags = vocabulary.load(run) or ('',) * config.data.tags
    self._set(method, variables, config.data.size, config.seed, detail, memory, tags)

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

  def _set(self, method, variables, size, seed, detail, memory, tags):
    self.method = method
    self.variables = variables
    self.size = size
    self.seed = seed
    self.detail = detail
    self.memory = memory
    self.tags = tags

  def __call__(
    self,
    image: Shown,
    hints: Any = None,
    *,
    tags: str | Sequence[str] = '',
    reference: Any = None,
    flats: bool = False,
    palette: Palette | dict[str, str] | None = None,
    sample: int = 0,
  ) -> Shown:
    """Colours a picture.

    Args:
      image: a PIL image of any mode; or an array [H, W], [H, W, 1 | 2 | 3 | 4] of uint8, uint16,
        bool, or float in [0, 1].  Of an image's EXIF orientation and ICC profile is taken note.
      hints: RGBA picture of dots or strokes (PIL or uint8 [H, W, 4]), or a list of
        {'x': , 'y': , 'color': '#rrggbb', 'radius': }; None for none.  White keeps its region
        paper, with any checkpoint.
      tags: 'blue hair, red eyes', or a list of such, of those in `self.tags`.
      reference: another picture, whose colours are wanted: as `image`, of any size, or a path.
      flats: one solid colour for each region instead of the page.
      palette: the only colours that flats may have: {name: '#rrggbb'}.
      sample: which of several colourings, where the method has them; 0 is the likeliest.

    Returns:
      The same kind of thing: a PIL image, RGB or RGBA where the input has alpha; or a uint8 array
      [H, W, 3 | 4].

    Raises:
      TypeError, ValueError: what is wrong with the input, or that the method does not read what
        is given; unknown tags come with the nearest known ones.
    """
    picture = arrays.picture(image)
    read = None if hints is None else Hints.make(hints, picture.rgb.shape[:2])
    shown = None if reference is None else Reference.make(reference)
    given = dict(sample=sample, tags=tags, reference=shown)
    if flats or palette is not None:
      page = self.page(picture, read, layers=True, **given)
      rgb = self.flats(page, read, Palette.make(palette)).rgb
    else:
      rgb = self.page(picture, read, **given).rgb
    return arrays.like(image, rgb, picture.alpha)

  def page(
    self,
    picture: Picture,
    hints: Hints | None = None,
    *,
    layers: bool = False,
    sample: int = 0,
    tags: str | Sequence[str] = '',
    reference: Reference | None = None,
  ) -> Page:
    """Colours a picture as `pages.io` reads it; with `layers`, what flats and layers need."""
    if 'hint' not in self.method.reads and not layers and hints is not None and not hints.white:
      raise ValueError(
        f'This checkpoint reads no hints of colours; methods that do: '
        f'{_takers("hint")}. With --flats (flats=True), or a layered output, hints '
        'set the colours of regions, and with white (#ffffff) ones they stay paper.'
      )
    if sample and 'sample' not in self.method.takes:
      raise ValueError(
        'This checkpoint has one colouring of a page; methods that have several: '
        f'{_takers("sample")}.'
      )
    proposal = self.propose(to_grey(picture.rgb)[..., 0], hints, sample, tags, reference)
    return compose(picture.rgb, picture.alpha, proposal, memory=self.memory, layers=layers)

  def propose(
    self,
    grey: np.ndarray,
    hints: Hints | None = None,
    sample: int = 0,
    tags: str | Sequence[str] = '',
    reference: Reference | None = None,
  ) -> Proposal:
    """What the net says of a page uint8 [H, W], 0 is ink, at its working sizes."""
    told = self._told(sample, tags)
    shown = self._shown(reference)
    white = scale.paper_level(scale.standard(grey))
    layout = scale.resize(grey, *scale.fit_short(grey.shape, paper.SHORT))
    hinted = () if hints is None else hints.colors_and_paper(layout.shape)
    found, answer = paper.find(layout, white, *hinted), None
    for shape, side, share in scale.working_sizes(grey, self.size, self.detail):
      line = np.minimum(scale.resize(grey, *shape).astype(np.float32) * (255 / white), 255)
      rgb = self._answer(line, side, hints, told, shown)
      answer = Proposal(rgb, line / 255, *found, answer, share)
    return answer

  def hot(self, tags: str | Sequence[str]) -> np.ndarray:
    """Names of tags -> multi-hot uint8 [T].

    Raises:
      ValueError: the method reads no tags, or a tag is not known; the nearest known ones are named.
    """
    if 'tags' not in self.method.reads:
      raise ValueError(f'This checkpoint reads no tags; methods that do: {_takers("tags")}.')
    return vocabulary.hot(tags, self.tags)

  def _told(self, sample: int, tags: str | Sequence[str]) -> dict[str, np.ndarray]:
    """What of a batch holds for the whole page, without the batch's axis."""
    told = {'sample': np.int32(sample)} if sample else {}  # without it, 0
    if tags:
      told['tags'] = self.hot(tags)
    elif 'tags' in self.method.reads:
      told['tags'] = np.zeros(len(self.tags), np.uint8)
    return told

  def check_reference(self) -> None:
    """Raises a ValueError, naming the methods that do, when the method takes no reference."""
    if 'reference' not in self.method.reads:
      raise ValueError(
        f'This checkpoint takes no reference; methods that do: {_takers("reference")}.'
      )

  def _shown(self, reference: Reference | None) -> Callable[[tuple[int, int]], dict]:
    """Of the shape of a run, what of its batch is the reference."""
    if reference is not None:
      self.check_reference()
      return lambda shape: {'reference': reference.plane(shape)[None]}
    reads = 'reference' in self.method.reads
    return lambda shape: {'reference': np.zeros((1, *shape, 4), np.float32)} if reads else {}

  def _answer(
    self, line: np.ndarray, side: int, hints: Hints | None, told: dict, shown: Callable
  ) -> np.ndarray:
    """The net's sRGB [h, w, 3] for line art [h, w] at its working size."""
    hint = None
    if 'hint' in self.method.reads:
      hint = np.zeros((*line.shape, 4), np.float32) if hints is None else hints.plane(line.shape)
    area = max(1, self.memory) * 2**20 // self._pixel_bytes
    run = functools.partial(self._run, told, shown)
    return tiles.paint_any(
      run,
      np.round(line).astype(np.uint8),
      hint,
      side=side,
      multiple=self.method.multiple,
      area=area,
    )

  def flats(
    self,
    page: Page,
    hints: Hints | None = None,
    palette: Palette | None = None,
    gap: float | None = None,
  ) -> Flats:
    """One solid colour for each region of a page that was made with `layers=True`.

    Args:
      page: with `color` and `paper`.
      hints: the regions on which they lie take their colours.
      palette: the only colours there may be, beside paper.
      gap: px up to which gaps in lines are closed; None: 1 % of the short side.
    """
    grey = to_grey(page.source)[..., 0]
    white = scale.paper_level(scale.standard(grey))
    labels = segment(grey, white, gap=gap)
    count = int(labels.max())
    light = grey > LINE * white
    colors = dominant(labels, page.color, count, light)
    blank = np.bincount(labels[page.paper & light], minlength=count + 1)
    whole = np.bincount(labels[light], minlength=count + 1)
    is_paper = (blank[1:] > 0.5 * np.maximum(whole[1:], 1)) | (colors.min(1) >= WHITE)
    if hints is not None:
      for region, rgb in hints.by_region(labels).items():
        colors[region - 1], is_paper[region - 1] = rgb, False
    return paint_regions(labels, colors, is_paper, palette)

  def solid(self, page: Page, flats: Flats) -> Page:
    """The page with flats instead of the net's shading under its lines."""
    color = flats.rgb
    rgb = lay_lines(color, page.source, to_grey(page.source)[..., 0], page.alpha)
    return dataclasses.replace(page, rgb=rgb, color=color)

  @functools.cached_property
  def fingerprint(self) -> str:
    """A hash of the parameters and settings that a page's colours depend on."""
    digest = hashlib.sha256(f'{self.size} {self.seed} {self.detail} {self.memory}'.encode())
    for leaf in jax.tree.leaves((self.variables.params, self.variables.stats)):
      digest.update(np.asarray(leaf).tobytes())
    return digest.hexdigest()

  @functools.cached_property
  def _pixel_bytes(self) -> int:
    """Memory that a run takes for a pixel: three maps of the widest first layer, float32."""
    width = getattr(self.method.nets[0].module, 'width', 64)
    return 4 * (3 * width + 16)

  @functools.cached_property
  def _jitted(self):
    key = jax.random.key(self.seed)
    return jax.jit(lambda v, batch: self.method.colorize(v, cast(batch), key)[0])

  def _run(
    self, told: dict, shown: Callable, line: np.ndarray, hint: np.ndarray | None
  ) -> np.ndarray:
    batch = {
      'line': line[None, ..., None],
      **{k: x[None] for k, x in told.items()},
      **shown(line.shape),
    }
    if hint is not None:
      batch['hint'] = hint[None]
    return np.asarray(self._jitted(self.variables, batch))


def _takers(key: str) -> str:
  return ', '.join(registry.takers(key))
