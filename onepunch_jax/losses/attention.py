"""Supervised attention (ours): does a pixel attend to the tag or cell of its own body part?

The loss is the negative log of the attention to the right targets, averaged over body parts rather
than over pixels; otherwise a net that has found the background and the hair would be content.
"""

from collections.abc import Mapping

import jax
import jax.numpy as jnp

Array = jax.Array
MIN_AREA = 0.005  # a part that covers less of an image than about this counts less than others
EPSILON = 1e-4  # is added to attention before the logarithm


def attention_loss(weights: Array, right: Array, part: Array, num_parts: int) -> Array:
  """The negative log of the attention to what is right, averaged over parts.

  Args:
    weights: attention [B, h, w, K], which sums to 1 over K.
    right: how right each target is, [B, h, w, K] in [0, 1].
    part: the part of each place, int [B, h, w]; places of -1 do not count.
    num_parts: number of parts.

  Returns:
    [B].
  """
  hot = jax.nn.one_hot(part, num_parts)
  weight = jnp.einsum('bhwn,bn->bhw', hot, 1 / (jnp.mean(hot, (1, 2)) + MIN_AREA))
  loss = -jnp.log(jnp.sum(weights * right, -1) + EPSILON)
  return jnp.sum(weight * loss, (1, 2)) / (jnp.sum(weight, (1, 2)) + EPSILON)


def right_tags(part: Array, nouns: Array, num_parts: int) -> tuple[Array, Array]:
  """Finds for each place which of K tags names its part.

  Args:
    part: the noun of each place, int [B, h, w]; -1 is unknown.
    nouns: the nouns of the tags, [B, K]; -1 is an empty slot.
    num_parts: number of nouns, and one for places that no tag names.

  Returns:
    What is right, bool [B, h, w, K + 1]; the last target is "none of the tags". And the parts for
    `attention_loss`, int [B, h, w]: all places that no tag names are one part, the last; -1 in
    images without parts or without tags.
  """
  right = (part[..., None] == nouns[:, None, None]) & (part >= 0)[..., None]
  named = jnp.any(right, -1)
  counts = jnp.any(part >= 0, (1, 2)) & jnp.any(nouns >= 0, 1)
  kind = jnp.where(named, part, num_parts - 1)
  kind = jnp.where(counts[:, None, None], kind, -1)
  return jnp.concatenate([right, ~named[..., None]], -1), kind


def right_cells(
  part: Array, reference_part: Array, num_parts: int, num_cells: int
) -> tuple[Array, Array]:
  """Finds for each place which cells of a reference have its part.

  Args:
    part: the noun of each place, int [B, h, w]; -1, no known noun, is a part like others.
    reference_part: the nouns of a (square) reference, int [B, S, S]; -1 is no known noun, or no
      reference.
    num_parts: number of nouns, and two.
    num_cells: of the reference, in reading order.

  Returns:
    How right each cell is, [B, h, w, num_cells + 1]: the square of the fraction of it that is of
    the place's part, so that whole cells are better than edges. The last target is "nothing of the
    reference", right where it lacks the part. And the parts for `attention_loss`, int [B, h, w]:
    the first is no known noun, the last is all parts that the reference lacks; -1 in images
    without a reference.
  """
  counts = jnp.any(reference_part >= 0, (1, 2))[:, None, None]
  part, reference_part, side = part + 1, reference_part + 1, round(num_cells**0.5)
  size = reference_part.shape[1] // side
  cells = jax.nn.one_hot(reference_part, num_parts)
  cells = cells.reshape(-1, side, size, side, size, num_parts)
  cells = jnp.mean(cells, (2, 4)).reshape(-1, num_cells, num_parts) ** 2
  right = jnp.einsum('bhwn,bkn->bhwk', jax.nn.one_hot(part, num_parts), cells)
  found = jnp.any(right > 0, -1)
  kind = jnp.where(found, part, num_parts - 1)
  return jnp.concatenate([right, ~found[..., None]], -1), jnp.where(counts, kind, -1)


def guide_attention_loss(
  attention: Mapping[str, Array],
  part: Array,
  nouns: Array | None,
  reference_part: Array | None,
  num_nouns: int,
) -> Array:
  """The sum of `attention_loss` over the guides of a net, [B].

  Args:
    attention: of 'tags', [B, h, w, T + 1], and of 'reference', [B, h, w, K + 1]; the last target is
      none of them. Either may be absent.
    part: the noun of each place, int [B, h, w]; -1 is unknown.
    nouns: the nouns of the tags, [B, T]; None without them.
    reference_part: the nouns of the reference, int [B, S, S]; None without one.
    num_nouns: how many nouns there are.
  """
  losses = []
  if 'tags' in attention:
    num_parts = num_nouns + 1
    right, kind = right_tags(part, nouns, num_parts)
    losses.append(attention_loss(attention['tags'], right, kind, num_parts))
  if 'reference' in attention:
    num_parts, num_cells = num_nouns + 2, attention['reference'].shape[-1] - 1
    right, kind = right_cells(part, reference_part, num_parts, num_cells)
    losses.append(attention_loss(attention['reference'], right, kind, num_parts))
  return sum(losses)
