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


def right_cells(part: Array, shown: Array, kinds: int, count: int) -> tuple[Array, Array]:
  """How right each cell of a reference is for a place: [B, h, w, count + 1].

  That is the square of how much of it is of the place's own part, so that whole ones are better
  than edges.  The last is for nothing of it: right where the reference does not show the part.  And
  the parts for `missed`, that of none the first, all that are not shown the last.

  Args:
    part: the noun of a place, int [B, h, w]; -1: of none, which looks for what is of none.
    shown: the nouns in the (square) reference, int [B, S, S]; -1: none, or no reference.
    kinds: how many nouns there are, and two.
    count: of the cells of the reference, in reading order.
  """
  asked = jnp.any(shown >= 0, (1, 2))[:, None, None]
  part, shown, side = part + 1, shown + 1, round(count**0.5)
  each = shown.shape[1] // side
  cells = jax.nn.one_hot(shown, kinds).reshape(-1, side, each, side, each, kinds)
  cells = jnp.mean(cells, (2, 4)).reshape(-1, count, kinds) ** 2
  right = jnp.einsum('bhwn,bkn->bhwk', jax.nn.one_hot(part, kinds), cells)
  there = jnp.any(right > 0, -1)
  kind = jnp.where(there, part, kinds - 1)
  return jnp.concatenate([right, ~there[..., None]], -1), jnp.where(asked, kind, -1)
