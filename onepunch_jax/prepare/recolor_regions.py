"""Other colours for the regions of a drawing, by its colour table (ours).

A drawing is line art, regions and a table of colours, so one drawing serves many palettes. Half of
the recoloured drawings turn all hues by one angle, the others each colour by an angle of its own;
equal colours stay equal, paper stays paper, and both drawings of a pair change alike. Tags of the
vocabulary of synthetic drawings name the new colours: so a net learns that tags go before habits.
Other tags name colours that are no longer there and are dropped.
"""

import jax
import jax.numpy as jnp

from onepunch_jax.core import Batch, fold_in
from onepunch_jax.ops import color
from onepunch_jax.prepare import PrepareStep
from onepunch_jax.synthetic import COLOR_NAMES, VOCABULARY
from onepunch_jax.synthetic.tags import NOUN_NAMES

Array = jax.Array
WHITE = 0.96  # of [-1, 1]: lighter in all channels is paper
CHROMA = 0.7, 1.3  # factors
LIGHTNESS = 12.0  # most that L* moves


def make(*, probability: float = 0.15) -> PrepareStep:
  """Makes a step that changes 'colors' [B, N, 3], in [-1, 1], and 'tags' [B, T], if there are any.

  It adds 'recolored' [B], 1 where a drawing has other colours: what nothing is known of is no
  example of likely colours then. And 'named' [B, N], 1 where a tag names a region's new colour.

  Args:
    probability: that a pair of drawings (rows 2 i and 2 i + 1) is recoloured.

  Raises:
    ValueError: a probability outside [0, 1].
  """
  if not 0 <= probability <= 1:
    raise ValueError(f'probability is between 0 and 1; got {probability}.')

  def recolor(batch, key, step):
    count = len(batch['colors'])
    pair = jnp.arange(count) // 2
    draw = lambda name, *shape: jax.random.uniform(fold_in(key, name), (count, *shape))[pair]
    chosen = draw('which') < probability
    lab = color.rgb_to_lab(0.5 + 0.5 * batch['colors'])
    directions = draw('directions', 3, 3)
    own = jnp.sin(jnp.einsum('bnc,bcd->bnd', lab, 0.5 + directions)) * 9973
    number = jnp.where(
      draw('together')[:, None, None] < 0.5, draw('same', 1, 3), own - jnp.floor(own)
    )
    changed = color.lab_to_rgb(_turn(lab, number))
    paper = jnp.all(batch['colors'] > WHITE, -1, keepdims=True)
    new = jnp.where(paper, batch['colors'], jnp.clip(2 * changed - 1, -1, 1))
    out = {
      **batch,
      'colors': jnp.where(chosen[:, None, None], new, batch['colors']),
      'recolored': chosen.astype(jnp.float32),
    }
    if 'tags' in batch:
      tags, named = jnp.zeros_like(batch['tags']), jnp.zeros(new.shape[:2])
      if 'token_nouns' in batch and tags.shape[1] == len(VOCABULARY):
        tags, named = _renamed(batch, new)
      out['tags'] = jnp.where(chosen[:, None], tags, batch['tags'])
      out['named'] = named
    return out

  return recolor


def _renamed(batch: Batch, new: Array) -> tuple[Array, Array]:
  """Tags [B, T] of the regions' new colours [B, N, 3]; whether one names a region's, [B, N]."""
  plain = len(VOCABULARY) - len(NOUN_NAMES) * len(COLOR_NAMES)  # tags that name no colour
  tags = jnp.asarray(batch['tags'])
  noun = jnp.asarray(batch['token_nouns'], jnp.int32) - 1  # -1: of no noun
  table = tags[:, plain:].reshape(len(tags), len(NOUN_NAMES), len(COLOR_NAMES))
  old_name, new_name = name_of(batch['colors']), name_of(new)
  rows = jnp.arange(len(tags))[:, None]
  named = (noun >= 0) & (table[rows, noun, old_name] > 0)
  of_noun = jax.nn.one_hot(noun, len(NOUN_NAMES)) * named[..., None]
  renamed = jnp.einsum('bnm,bnc->bmc', of_noun, jax.nn.one_hot(new_name, len(COLOR_NAMES))) > 0
  renamed = renamed.reshape(len(tags), -1).astype(tags.dtype)
  return jnp.concatenate([tags[:, :plain], renamed], 1), named.astype(jnp.float32)


def name_of(rgb: Array) -> Array:
  """The number of the nearest of COLOR_NAMES of sRGB [..., 3] in [-1, 1] (synthetic/palette)."""
  half_light = jnp.array([0.5, 1.0, 1.0])
  centres = color.rgb_to_lab(jnp.array(list(COLOR_NAMES.values()), jnp.float32) / 255)
  apart = (color.rgb_to_lab(0.5 + 0.5 * rgb)[..., None, :] - centres) * half_light
  return jnp.argmin(jnp.square(apart).sum(-1), -1)


def _turn(lab: Array, number: Array) -> Array:
  """Lab colours [..., 3] with hue, chroma and lightness moved by `number` [..., 3] in [0, 1]."""
  angle = 2 * jnp.pi * number[..., 0]
  scale = CHROMA[0] + (CHROMA[1] - CHROMA[0]) * number[..., 1]
  a, b = lab[..., 1], lab[..., 2]
  return jnp.stack(
    [
      lab[..., 0] + LIGHTNESS * (2 * number[..., 2] - 1),
      scale * (jnp.cos(angle) * a - jnp.sin(angle) * b),
      scale * (jnp.sin(angle) * a + jnp.cos(angle) * b),
    ],
    -1,
  )
