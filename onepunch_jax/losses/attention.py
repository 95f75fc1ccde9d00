"""Whether attention finds what speaks of a place, where the parts of drawings are known (ours).

Small parts count as much as large ones: else a net that has found the paper and the hair is
content.
"""

import jax
import jax.numpy as jnp

Array = jax.Array
SMALL = 0.005  # share of a drawing from which on a part counts as much as others
LEAST = 1e-4  # attention that is as bad as none


def missed(weights: Array, right: Array, part: Array, kinds: int) -> Array:
  """-log of the attention to what is right, the mean over parts, whatever their size: [B].

  Args:
    weights: attention, [B, h, w, K].
    right: how much of each is right, [B, h, w, K], in [0, 1].
    part: of which part a place is, int [B, h, w]; where it is -1 it is not asked.
    kinds: how many parts there are.
  """
  hot = jax.nn.one_hot(part, kinds)
  weight = jnp.einsum('bhwn,bn->bhw', hot, 1 / (jnp.mean(hot, (1, 2)) + SMALL))
  miss = -jnp.log(jnp.sum(weights * right, -1) + LEAST)
  return jnp.sum(weight * miss, (1, 2)) / (jnp.sum(weight, (1, 2)) + LEAST)


def right_tags(part: Array, nouns: Array, kinds: int) -> tuple[Array, Array]:
  """Which of K tags, or none of them, speaks of a place: bool [B, h, w, K + 1].

  And the parts for `missed`: all of which nothing is said are one, the last.

  Args:
    part: the noun of a place, int [B, h, w]; -1: of none.
    nouns: of the tags, [B, K]; -1: nothing is said.
    kinds: how many nouns there are, and one.
  """
  right = (part[..., None] == nouns[:, None, None]) & (part >= 0)[..., None]
  said = jnp.any(right, -1)
  asked = jnp.any(part >= 0, (1, 2)) & jnp.any(nouns >= 0, 1)
  kind = jnp.where(said, part, kinds - 1)
  return jnp.concatenate([right, ~said[..., None]], -1), jnp.where(asked[:, None, None], kind, -1)


def right_cells(part: Array, flow: Array, seen: Array, kinds: int,
                count: int) -> tuple[Array, Array]:
  """How much of each cell of a reference is of a place's own part: [B, h, w, count + 1].

  The last is none of them, never right.  And the parts for `missed`.

  Args:
    part: the noun of a place, int [B, h, w]; -1: of none.
    flow: where the reference shows a place, (row, column) in [0, 1), [B, h, w, 2].
    seen: 1 where it does, [B, h, w, 1].
    kinds: how many nouns there are, at least.
    count: of the cells of the (square) reference, in reading order.
  """
  side = round(count**0.5)
  row, column = jnp.moveaxis((flow * side).astype(jnp.int32), -1, 0)
  of_cell = jax.nn.one_hot(row * side + column, count) * seen
  of_part = jax.nn.one_hot(part, kinds)
  shows = jnp.einsum('bhwn,bhwk->bnk', of_part, of_cell)
  shows /= jnp.maximum(jnp.sum(of_cell, (1, 2))[:, None], 1)
  right = jnp.einsum('bhwn,bnk->bhwk', of_part, shows)
  right = jnp.concatenate([right, jnp.zeros_like(right[..., :1])], -1)
  return right, jnp.where(jnp.sum(right, -1) > 0, part, -1)
