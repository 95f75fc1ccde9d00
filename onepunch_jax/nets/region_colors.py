"""A distribution over colours for each region, by all that is known about colour (ours).

Known colours of the picture's own regions, of a reference's regions, of a palette, and tags are
tokens of one sequence. The answer is a mixture of colour classes, each moved by a bounded residual,
and of a pointer to tokens whose colour is known. Regions look for their like among these by tokens
that know no colour: the other sleeve, the same hair in a reference.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.nets.blocks.token_layers import NEVER, Block, Perceptron, nearness
from onepunch_jax.ops import color
from onepunch_jax.regions import codebook
from onepunch_jax.regions.mixture import Mixture

Array = jax.Array
RESIDUAL = 6.0  # dE that a class may be moved
SHARP = 8.0  # the logit of two regions that are quite alike, at first


class Known(NamedTuple):
  """What is known about colours, of B pictures in S alternatives; sRGB in [-1, 1].

  Attributes:
    colors: [B, S, N, 3] of the regions; read where `known`.
    known: bool [B, S, N].
    reference: [B, R, D], tokens of other pictures' regions (`nets/region_tokens`).
    reference_colors: [B, R, 3].
    reference_mask: bool [B, S, R].
    palette: [B, P, 3].
    palette_mask: bool [B, S, P].
    tags: int32 [B, T], numbers of tags.
    tags_mask: bool [B, S, T].
  """

  colors: Array
  known: Array
  reference: Array
  reference_colors: Array
  reference_mask: Array
  palette: Array
  palette_mask: Array
  tags: Array
  tags_mask: Array


class RegionColors(nn.Module):
  """Tokens of regions and what is known -> `Mixture`.

  Args of a call:
    tokens: [B, N, D] (`nets/region_tokens`).
    geometry, distance: of the regions, [B, N, 12] and [B, N, N].
    known: `Known`.

  Attributes:
    colors, nouns: how many colours and nouns tags name.
    color_of, noun_of: of each tag the number of its colour and of its noun; -1: none.
  """

  layers: int = 4
  heads: int = 4
  keys: int = 64
  colors: int = 0
  nouns: int = 0
  color_of: Sequence[int] = ()
  noun_of: Sequence[int] = ()
  dtype: Any = None

  @nn.compact
  def __call__(
    self, tokens: Array, geometry: Array, distance: Array, known: Known, train: bool = False
  ) -> Mixture:
    dim = tokens.shape[-1]
    near, used = nearness(distance, geometry[..., 2:4]), geometry[..., -1] > 0
    paint = Perceptron(dim, dtype=self.dtype, name='paint')
    lab = lambda rgb: color.rgb_to_lab(0.5 + 0.5 * rgb)
    painted = lambda lab: paint(color.lab_to_unit(lab))
    own, is_known = lab(known.colors), known.known & used[:, None]
    reference, palette = lab(known.reference_colors), lab(known.palette)
    candidates = jnp.concatenate([is_known, known.reference_mask], -1)

    kind = self.param('kind', nn.initializers.normal(0.02), (6, dim))
    x = tokens[:, None] + jnp.where(is_known[..., None], painted(own) + kind[0], kind[1])
    x += self._nearest(near, own, is_known, painted, kind, dim)
    alike = self._likeness(tokens, known.reference)
    others = jnp.broadcast_to(
      painted(reference)[:, None], (*own.shape[:2], *reference.shape[1:2], dim)
    )
    x += self._alike(alike, jnp.concatenate([painted(own), others], 2), candidates)
    what, hue = self._tags(known.tags, dim)
    x += self._named(tokens, what, hue, known.tags_mask)
    memory = jnp.concatenate(
      [
        nn.Dense(dim, name='reference')(known.reference) + painted(reference) + kind[2],
        painted(palette) + kind[3],
        what + hue + kind[4],
      ],
      1,
    )
    memory = nn.LayerNorm(name='memory')(memory)
    masks = known.reference_mask, known.palette_mask, known.tags_mask
    memory_mask = jnp.concatenate(masks, -1)
    for _ in range(self.layers):
      x = Block(self.heads, self.dtype)(x, used, near, memory, memory_mask)
    x = nn.LayerNorm(name='norm')(x.astype(jnp.float32))

    count = known.reference.shape[1] + known.palette.shape[1]
    q, key = nn.Dense(self.keys, name='query')(x), nn.Dense(self.keys, name='key')
    slopes = nn.Dense(near.shape[-1], bias_init=_slopes, name='slopes')(x)
    point = jnp.einsum('bsqd,bskd->bsqk', q, key(x)) / np.sqrt(self.keys)
    point += jnp.einsum('bsqf,bqkf->bsqk', slopes, near)
    other = jnp.einsum('bsqd,bmd->bsqm', q, key(memory[:, :count])) / np.sqrt(self.keys)
    alike *= self.param('alike_gain', nn.initializers.ones, ())
    mine, theirs = jnp.split(alike[:, None], [tokens.shape[1]], -1)
    point += mine
    other = other.at[..., : theirs.shape[-1]].add(theirs)
    point = jnp.where(is_known[:, :, None], point, NEVER)
    other = jnp.where(memory_mask[:, :, None, :count], other, NEVER)
    anything = is_known.any(-1) | memory_mask[..., :count].any(-1)
    gate = jnp.where(anything[..., None], nn.Dense(1, name='gate')(x)[..., 0], NEVER)

    classes = codebook.colors()
    movable = (np.arange(len(classes)) > 1)[:, None]
    moved = nn.Dense(3 * len(classes), kernel_init=nn.initializers.zeros, name='residual')(x)
    outside = jnp.concatenate([reference, palette], 1)[:, None]
    outside = jnp.broadcast_to(outside, (*own.shape[:2], *outside.shape[2:]))
    return Mixture(
      nn.Dense(len(classes), name='bins')(x),
      RESIDUAL * jnp.tanh(moved.reshape(*x.shape[:-1], -1, 3)) * movable,
      jnp.concatenate([point, other], -1),
      gate,
      jnp.concatenate([own, outside], 2),
    )

  def _nearest(self, near, own, is_known, painted, kind, dim):
    """The known token nearest to each token over the ink: its colour, and how near it is."""
    cost = -(8 * near[..., -2] + near[..., -1])[:, None]  # a line counts more than a way
    found = jnp.argmin(jnp.where(is_known[:, :, None], cost, jnp.inf), -1)  # [B, S, N]
    lab = jnp.take_along_axis(own, found[..., None], 2)
    how = jnp.take_along_axis(near[:, None], found[..., None, None], 3)[..., 0, :]
    nearest = painted(lab) * how[..., 1:2] + nn.Dense(dim, name='nearest')(how)
    return jnp.where(is_known.any(-1)[..., None, None], nearest, kind[5])

  def _likeness(self, tokens, reference):
    """How alike a region and another one of the picture or of a reference are, [B, N, N + R]."""
    features = nn.Dense(self.keys, use_bias=False, name='likeness')
    unit = lambda x: x / (jnp.linalg.norm(x, axis=-1, keepdims=True) + 1e-6)
    sharp = self.param('sharp', nn.initializers.constant(SHARP), ())
    others = unit(features(jnp.concatenate([tokens, reference], 1)))
    return sharp * jnp.einsum('bnk,bmk->bnm', unit(features(tokens)), others)

  def _alike(self, alike, values, candidates):
    """Colours, painted [B, S, M, D], of candidates [B, S, M] as far as each region is like them.

    0 where there are no candidates.
    """
    logits = jnp.where(candidates[:, :, None], alike[:, None], NEVER)
    mean = jnp.einsum('bsnm,bsmd->bsnd', jax.nn.softmax(logits), values)
    mean = nn.Dense(values.shape[-1], name='alike')(mean)
    return jnp.where(candidates.any(-1)[..., None, None], mean, 0.0)

  def _tags(self, tags, dim):
    """What tags name, [B, T, dim]: a tag's own vector and its noun's; and its colour's vector."""
    table = lambda name, rows: self.param(name, nn.initializers.normal(0.3), (rows + 1, dim))
    index = lambda of: jnp.asarray((*of, -1) if len(of) else (-1,), jnp.int32)[tags] + 1
    whole = table('tags', max(1, len(self.color_of)))[tags + 1]
    hue = table('tag_colors', self.colors)[index(self.color_of)]
    return whole + table('tag_nouns', self.nouns)[index(self.noun_of)], hue

  def _named(self, tokens, what, hue, mask):
    """The colours that tags name, [B, S, N, dim], as far as they name what a region is."""
    features = nn.Dense(self.keys, name='region_noun')(nn.LayerNorm(name='region')(tokens))
    logits = jnp.einsum('bnk,btk->bnt', features, nn.Dense(self.keys, name='tag_noun')(what))
    logits = jnp.where(mask[:, :, None], logits[:, None] / np.sqrt(self.keys), NEVER)
    nothing = jnp.zeros_like(logits[..., :1])
    share = jax.nn.softmax(jnp.concatenate([logits, nothing], -1))[..., :-1]
    value = nn.Dense(hue.shape[-1], use_bias=False, name='named')(what + hue)
    return jnp.einsum('bsnt,btd->bsnd', share, value)


def _slopes(key: Array, shape: Sequence[int], dtype: Any = jnp.float32) -> Array:
  """The pointer starts at the nearest hint."""
  return jnp.zeros(shape, dtype).at[-2:].set(jnp.array([3.0, 1.0], dtype))


Model = RegionColors
