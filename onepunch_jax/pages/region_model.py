"""The nets of methods/region_tokens for pages: compiled for few sizes, safe in threads."""

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy import sparse

from onepunch_jax.core import Method, Variables, fold_in
from onepunch_jax.nets.region_colors import Known
from onepunch_jax.pages import scale
from onepunch_jax.pages.compiled import Compiled
from onepunch_jax.regions import decoding
from onepunch_jax.regions.geometry import Geometry, LineMaps
from onepunch_jax.regions.mixture import Mixture
from onepunch_jax.regions.tokens import USED, Tokens, tokenize

BUCKETS = (64, 128, 256, 512)  # numbers of tokens that are compiled for
MOST = 384  # regions of a page
MORE = 24  # regions that the hints of a page may well make
SIDE = 64  # px: the trunk sees pages whose sides are multiples of this
NETS = ('trunk', 'tokens', 'colors')


class PageTokens(NamedTuple):
  """The regions of a picture and what the nets make of them.

  Attributes:
    labels: int32 [H, W], 0 .. n - 1, the largest first.
    count: n.
    table: `regions.tokens.Tokens` with as many rows as its bucket has.
    tokens: float32 [bucket, D].
  """

  labels: np.ndarray
  count: int
  table: Tokens
  tokens: np.ndarray


class RegionModel:
  """Methods of one checkpoint on pictures of any size.

  Args:
    method: of methods/region_tokens.
    variables: its averaged parameters.
    size: side of the pictures that it was trained on.
    seed: of what is drawn at random.
    detail: see `pages.scale.working_sizes`.

  Attributes:
    references: what `pages.remembered` has found in references, by their digests.
  """

  def __init__(
    self, method: Method, variables: Variables, size: int, seed: int, detail: float | None = None
  ):
    self._nets = {net.name: net for net in method.nets}
    self._variables = variables
    self._size = size
    self._seed = seed
    self._detail = detail
    self.references: dict[str, Any] = {}
    self._pooled = (
      0  # numbers that the trunk's maps have for a region, known from the first page on
    )

  @staticmethod
  def fits(method: Method) -> bool:
    """Whether a method colours by regions."""
    return set(NETS) == {getattr(net, 'name', '') for net in method.nets}

  def features(self, line: np.ndarray) -> list[np.ndarray]:
    """The trunk's maps for a drawing uint8 [H, W], float32 [h, w, C] each, padding cut off."""
    (height, width), *_ = scale.working_sizes(line, self._size, self._detail)[-1]
    line = scale.resize(line, height, width)
    pads = [(0, -n % SIDE) for n in line.shape]
    line = np.pad(line, pads, constant_values=255).astype(np.float32) / 127.5 - 1
    maps = self._trunk(self._variables, line[None, ..., None])
    full = line.shape
    steps = [full[0] // m.shape[1] for m in maps]
    return [
      np.asarray(m[0])[: -(-height // step), : -(-width // step)] for m, step in zip(maps, steps)
    ]

  def tokens(
    self,
    features: Sequence[np.ndarray],
    labels: np.ndarray,
    line: np.ndarray,
    maps: LineMaps | None = None,
    geometry: Geometry | None = None,
  ) -> PageTokens:
    """The tokens of regions of a page.

    Args:
      features: of the same page.
      labels: int32 [H, W], 0 .. n - 1.
      line: uint8 [H, W], the drawing.
      maps: its `regions.geometry.line_maps`, where they are known.
      geometry: of the labels (`regions.geometry.describe`), where it is known.
    """
    count = int(labels.max()) + 1
    rows = bucket(count)
    table = tokenize(labels, line, rows, maps, geometry)
    self._pooled = sum(f.shape[-1] for f in features)
    pooled = np.zeros((rows, self._pooled), np.float32)
    pooled[:count] = means(features, table.labels, table.geometry[:count, 2:4])
    args = (x[None] for x in (pooled, table.geometry, table.distance))
    made = self._tokens(self._variables, *args)
    return PageTokens(table.labels, count, table, np.asarray(made[0]))

  def decode(
    self,
    page: PageTokens,
    known: Known,
    *,
    sample: int = 0,
    seed: int = 0,
    only_palette: bool = False,
    hints: int = 0,
  ) -> np.ndarray:
    """The colours of a page's regions, float32 [n, 3], sRGB in [-1, 1].

    Args:
      page: its tokens.
      known: with B = S = 1; see `nothing`.
      sample: 0 is the likeliest answer, others are variants.
      seed: of what is drawn at random.
      only_palette: every colour that is not known is one of the palette's.
      hints: how many of the known colours are hints.
    """
    much = hints >= decoding.MANY or bool(known.reference_mask.any())
    likeliest = np.bool_(sample == 0 and much)
    args = (x[None] for x in (page.tokens, page.table.geometry, page.table.distance))
    filled = self._decode(
      self._variables,
      *args,
      known,
      np.int32(sample),
      np.int32(seed),
      likeliest,
      only_palette=only_palette,
    )
    return np.asarray(filled)[0, : page.count]

  def prepare(self, page: PageTokens, known: Known) -> None:
    """Compiles what a page with some regions more needs, where that is another bucket.

    Args:
      page: its tokens.
      known: as for `decode`.
    """
    more = bucket(page.count + MORE) - len(page.tokens)
    if more <= 0:
      return
    rows = lambda x, *axes: np.pad(x, [(0, more if n in axes else 0) for n in range(x.ndim)])
    table = Tokens(page.labels, rows(page.table.geometry, 0), rows(page.table.distance, 0, 1))
    large = PageTokens(page.labels, page.count, table, rows(page.tokens, 0))
    self.decode(large, known._replace(colors=rows(known.colors, 2), known=rows(known.known, 2)))
    pooled = np.zeros((len(large.tokens), self._pooled), np.float32)
    args = (x[None] for x in (pooled, table.geometry, table.distance))
    self._tokens(self._variables, *args)

  def mixture(self, page: PageTokens, known: Known) -> Mixture:
    """The distribution over colours of a page's regions, of each alternative in `known`."""
    args = (x[None] for x in (page.tokens, page.table.geometry, page.table.distance))
    return Mixture(*(np.asarray(x) for x in self._mixture(self._variables, *args, known)))

  @functools.cached_property
  def _mixture(self) -> Any:
    return Compiled(lambda v, *args: self._nets['colors'].infer(v, *args), 'the colours')

  @functools.cached_property
  def _trunk(self) -> Any:
    return Compiled(lambda v, line: self._nets['trunk'].infer(v, line)[0], 'the trunk')

  @functools.cached_property
  def _tokens(self) -> Any:
    return Compiled(lambda v, *table: self._nets['tokens'].infer(v, *table)[0], 'the tokens')

  @functools.cached_property
  def _decode(self) -> Any:
    key = fold_in(jax.random.key(self._seed), 'decode')

    def run(v, tokens, geometry, distance, known, sample, seed, likeliest, only_palette):
      def predict(colors, there):
        now = known._replace(colors=colors[:, None], known=there[:, None])
        return self._nets['colors'].infer(v, tokens, geometry, distance, now)

      rows, references = tokens.shape[1], known.reference.shape[1]
      elsewhere = jnp.zeros((1, rows + references), bool)
      palette = jnp.concatenate([elsewhere, known.palette_mask[:, 0]], 1)
      return decoding.decode(
        predict,
        jax.random.fold_in(jax.random.fold_in(key, seed), sample)[None],
        known.colors[:, 0],
        known.known[:, 0],
        geometry,
        jnp.where(sample == 0, decoding.BEST, decoding.VARIED)[None],
        palette if only_palette else None,
        likeliest[None],
      )

    return Compiled(run, 'the decoder', ('only_palette',))


def nothing(rows: int, dim: int, references: int = 0, palette: int = 0, tags: int = 1) -> Known:
  """`Known` of one picture of which nothing is known, on the host."""
  zeros = lambda *shape: np.zeros((1, *shape), np.float32)
  none = lambda n: np.zeros((1, 1, n), bool)
  return Known(
    zeros(1, rows, 3),
    none(rows),
    zeros(references, dim),
    zeros(references, 3),
    none(references),
    zeros(palette, 3),
    none(palette),
    np.zeros((1, tags), np.int32),
    none(tags),
  )


def bucket(count: int, sizes: Sequence[int] = BUCKETS) -> int:
  """The least of `sizes` that holds `count`; beyond them the next multiple of the last."""
  return next((n for n in sizes if n >= count), -(-count // sizes[-1]) * sizes[-1])


def means(features: Sequence[np.ndarray], labels: np.ndarray, places: np.ndarray) -> np.ndarray:
  """What `nets/blocks/pooling.region_means` computes, on the host and for any number of regions.

  Args:
    features: [h, w, C] each, the first one the largest.
    labels: int32 [H, W], 0 .. n - 1.
    places: [n, 2], x and y in [-1, 1] of a pixel of each region.

  Returns:
    float32 [n, sum of C].
  """
  count = len(places)
  h, w = features[0].shape[:2]
  rows = (np.arange(h) + 0.5) * labels.shape[0] / h
  columns = (np.arange(w) + 0.5) * labels.shape[1] / w
  cells = labels[rows.astype(int)[:, None], columns.astype(int)]
  missed = np.flatnonzero(np.bincount(cells.ravel(), minlength=count) == 0)
  at = np.clip((0.5 + 0.5 * places[missed]) * (w, h), 0, (w - 1, h - 1)).astype(int)
  region = np.concatenate([cells.ravel(), missed])
  y = np.concatenate([np.repeat(np.arange(h), w), at[:, 1]])
  x = np.concatenate([np.tile(np.arange(w), h), at[:, 0]])
  pooled = []
  for f in features:
    step = round(h / f.shape[0])
    cell = np.minimum(y // step, f.shape[0] - 1) * f.shape[1] + np.minimum(
      x // step, f.shape[1] - 1
    )
    share = sparse.csr_matrix(
      (np.ones(len(region), np.float32), (region, cell)), (count, f.shape[0] * f.shape[1])
    )
    total = np.bincount(region, minlength=count).astype(np.float32)
    pooled.append(share @ f.reshape(-1, f.shape[-1]) / total[:, None])
  return np.concatenate(pooled, -1)


def used(table: Tokens) -> np.ndarray:
  """bool [rows], the rows of a table that have a region."""
  return table.geometry[:, USED] > 0
