"""Leaves out colour-variant tags at random, as a person does who names the hair and nothing else.

Of each drawing all of them stay (a share `whole`), none stays (`none`), or each stays with a
probability that is itself drawn, alike between the two numbers of `keep`.  (Ours: Tag2Pix learns
from all tags that a picture has, but what people wrote under pictures is never complete.)
"""

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in


def make(*, variant, whole=0.5, none=0.1, keep=(0.0, 1.0)):
  """(batch, key, step) -> batch with what is said in 'tags', and all that is true in 'truth'.

  Args:
    variant: (first, one past the last) of the colour-variant tags; the others stay.
    whole, none: shares of the drawings that keep all of them, and none.
    keep: lowest and highest probability of a tag to stay, of the other drawings.

  Raises:
    ValueError: for shares or ranges that are none.
  """
  first, stop = variant
  if (
    not 0 <= first <= stop
    or not 0 <= keep[0] <= keep[1] <= 1
    or not (whole >= 0 and none >= 0 and whole + none <= 1)
  ):
    raise ValueError(
      'variant is (first, stop), whole + none <= 1 and keep within [0, 1]; got '
      f'variant={variant}, whole={whole}, none={none}, keep={keep}.'
    )

  def tag_drop(batch, key, step):
    tags = batch['tags']
    dice = lambda name: jax.random.uniform(fold_in(key, name), (len(tags), 1))
    kind = dice('kind')
    share = keep[0] + (keep[1] - keep[0]) * dice('share')
    share = jnp.where(kind < whole, 1.0, jnp.where(kind < whole + none, 0.0, share))
    stays = jax.random.uniform(fold_in(key, 'tag'), tags.shape) < share
    place = jnp.arange(tags.shape[1])
    stays |= (place < first) | (place >= stop)
    return {**batch, 'tags': tags * stays.astype(tags.dtype), 'truth': tags}

  return tag_drop
