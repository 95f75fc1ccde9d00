"""Tag dropout: removes colour tags at random, as a user names the hair and nothing else.

Per image: keep all tags with probability `keep_all`, none with probability `keep_none`, else keep
each independently with a probability p ~ U(*keep). (Ours: Tag2Pix learns from all tags that an
image has, but what people write is never complete.)
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.prepare import PrepareStep


def make(
  *,
  variant: Sequence[int],
  keep_all: float = 0.5,
  keep_none: float = 0.1,
  keep: Sequence[float] = (0.0, 1.0),
) -> PrepareStep:
  """Makes a step that drops from batch['tags'], [B, T], and keeps all of them in batch['truth'].

  Args:
    variant: the colour tags, (first, one past the last); other tags are always kept.
    keep_all: probability that an image keeps all tags.
    keep_none: probability that it keeps none.
    keep: lowest and highest probability of a tag to be kept in the other images.

  Raises:
    ValueError: probabilities or ranges out of range.
  """
  first, stop = variant
  if (
    not 0 <= first <= stop
    or not 0 <= keep[0] <= keep[1] <= 1
    or not (keep_all >= 0 and keep_none >= 0 and keep_all + keep_none <= 1)
  ):
    raise ValueError(
      'variant is (first, stop), keep_all + keep_none <= 1 and keep within [0, 1]; got '
      f'variant={variant}, keep_all={keep_all}, keep_none={keep_none}, keep={keep}.'
    )

  def tag_drop(batch, key, step):
    tags = batch['tags']

    def uniform(name):
      return jax.random.uniform(fold_in(key, name), (len(tags), 1))

    u = uniform('kind')
    p = keep[0] + (keep[1] - keep[0]) * uniform('share')
    p = jnp.where(u < keep_all, 1.0, jnp.where(u < keep_all + keep_none, 0.0, p))
    kept = jax.random.uniform(fold_in(key, 'tag'), tags.shape) < p
    index = jnp.arange(tags.shape[1])
    kept |= (index < first) | (index >= stop)
    return {**batch, 'tags': tags * kept.astype(tags.dtype), 'truth': tags}

  return tag_drop
