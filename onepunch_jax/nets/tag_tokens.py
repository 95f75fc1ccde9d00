"""Tokens of tags: for each colour tag a key that pixels attend to, and a colour to copy.

"Blue hair" has the key of hair and the colour blue, both learned (blue starts as CSS defines it),
so that all tags of hair train the key of hair. Pixels that attend to the key copy the colour
(nets/copying). Tags that name no colour give no token.
"""

from collections.abc import Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp
from PIL import ImageColor

from onepunch_jax.nets.blocks.tokens import Tokens

UNKNOWN = 'grey'  # the start of colours that CSS does not define


class TagTokens(nn.Module):
  """Multi-hot tags [B, T] -> Tokens of K tags.

  K is `max_tags`, or T where that is less; of more tags, the first are used.

  Attributes:
    colors: names of colours.
    color_of, noun_of: the colour and the noun of each tag (vocabulary.parts); -1 is none.
    keys: size of a key.
    max_tags: largest number of tokens.
  """

  colors: Sequence[str]
  color_of: Sequence[int]
  noun_of: Sequence[int]
  keys: int = 16
  max_tags: int = 48

  @nn.compact
  def __call__(self, tags: jax.Array, train: bool = False) -> Tokens:
    color_of, noun_of = jnp.asarray(self.color_of), jnp.asarray(self.noun_of)
    unit = nn.initializers.normal(self.keys**-0.5)  # of unit length, as keys of hints are
    key = self.param('key', unit, (max(self.noun_of) + 1, self.keys))
    color = self.param('color', _css_colors, self.colors)
    valid = (tags > 0) & (noun_of >= 0)
    valid, which = jax.lax.top_k(valid.astype(jnp.float32), min(self.max_tags, tags.shape[-1]))
    noun = noun_of[which]
    colors = jnp.tanh(color[color_of[which]])
    return Tokens(key[noun], colors, valid, jnp.where(valid > 0, noun, -1))


def _css_colors(key: jax.Array, names: Sequence[str]) -> jax.Array:
  """An initialiser: the colours before tanh, [len(names), 3]."""
  del key  # nothing is random
  rgb = jnp.asarray([_css(name) for name in names], jnp.float32) / 128 - 1
  return jnp.arctanh(0.9 * rgb)


def _css(name: str) -> tuple[int, int, int]:
  """The sRGB, 0 to 255, that CSS defines for the last word of a name such as 'light blue'."""
  word = name.split()[-1]
  return ImageColor.getrgb(word if word in ImageColor.colormap else UNKNOWN)


Model = TagTokens
