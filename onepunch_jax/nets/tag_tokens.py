"""What was said, tag by tag: a key to be found by, and a colour to be copied.

Every tag has a learned key and a learned colour ("blue hair": what hair looks like, and blue), so
that places which ask for the key take the colour (nets/copying).  Tags that name no colour are
never worth asking for.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Model(nn.Module):
  """Multi-hot tags [B, T] -> keys [B, K, keys], colours [B, K, 3] in [-1, 1], 0 or 1 said [B, K].

  K is `most`, or T where that is less; of more tags, the first are taken.
  """

  keys: int = 16
  most: int = 48

  @nn.compact
  def __call__(self, tags: jax.Array, train: bool = False):
    count = tags.shape[-1]
    key = self.param('key', nn.initializers.normal(1.0), (count, self.keys))
    color = self.param('color', nn.initializers.normal(0.1), (count, 3))
    said = (tags > 0).astype(jnp.float32)
    said, which = jax.lax.top_k(said, min(self.most, count))
    return key[which], jnp.tanh(color[which]), said
