"""What was said, tag by tag: a key to be found by, and a colour to be copied.

"Blue hair" has the key of hair and the colour of blue, both learned (blue begins as CSS has it), so
that all that was said of hair teaches what hair looks like.  Places that ask for the key take the
colour (nets/copying).  Tags that name no colour give nothing.
"""

from collections.abc import Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp
from PIL import ImageColor

from onepunch_jax.nets.blocks.tokens import Tokens

UNKNOWN = 'grey'  # where words begin that are no colour of CSS


class Model(nn.Module):
  """Multi-hot tags [B, T] -> keys [B, K, keys], colours [B, K, 3] in [-1, 1], 0 or 1 said [B, K].

  And their nouns [B, K], -1 where nothing is said.  K is `most`, or T where that is less; of more
  tags, the first are taken.

  Args:
    colors: the names of colours.
    color_of, noun_of: which colour and which noun each tag has (vocabulary.parts); -1: none.
  """

  colors: Sequence[str]
  color_of: Sequence[int]
  noun_of: Sequence[int]
  keys: int = 16
  most: int = 48

  @nn.compact
  def __call__(self, tags: jax.Array, train: bool = False):
    color_of, noun_of = jnp.asarray(self.color_of), jnp.asarray(self.noun_of)
    start = jnp.asarray([_css(name) for name in self.colors], jnp.float32) / 128 - 1
    near = nn.initializers.normal(self.keys**-0.5)  # as far from queries as keys of places are
    key = self.param('key', near, (max(self.noun_of) + 1, self.keys))
    color = self.param('color', lambda _: jnp.arctanh(0.9 * start))
    said = (tags > 0) & (noun_of >= 0)
    said, which = jax.lax.top_k(said.astype(jnp.float32), min(self.most, tags.shape[-1]))
    noun = noun_of[which]
    return Tokens(key[noun], jnp.tanh(color[color_of[which]]), said, jnp.where(said > 0, noun, -1))


def _css(name: str) -> tuple[int, int, int]:
  """What CSS means by the last word of 'light blue'."""
  word = name.split()[-1]
  return ImageColor.getrgb(word if word in ImageColor.colormap else UNKNOWN)
