"""What training lets a net know about the colours of a picture's regions.

Each alternative of a picture knows nothing (22 %), a random part of its regions (26 %, of which
cos(pi r / 2) stay unknown), all or most regions of some of its colours (18 %: a person colours the
figure and leaves the background), its largest regions (20 %), or one to five of them as people
click, by area.
Of the known colours 10 % are moved by about 3 dE, and 3 % are another region's.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in

Array = jax.Array
NOTHING, PART, SOME_COLORS, LARGEST = 0.22, 0.48, 0.66, 0.86  # ends of the shares of the ways
LEFT_OUT = 0.5  # of the regions of known colours, at most, are left out
MOVED, WRONG = 0.10, 0.03


def sample(key: Array, colors: Array, used: Array, area: Array, alternatives: int) -> Array:
  """Which regions' colours are known.

  Args:
    key: a PRNG key.
    colors: [B, N, 3], of the regions.
    used: bool [B, N], the regions that there are.
    area: [B, N], shares of the picture.
    alternatives: S.

  Returns:
    bool [B, S, N].
  """
  b, n = used.shape
  uniform = lambda name: jax.random.uniform(fold_in(key, name), (b, alternatives, 1))
  way, u = uniform('way'), uniform('number')
  count = used.sum(-1)[:, None, None].astype(jnp.float32)
  part = count * (1 - jnp.cos(u * jnp.pi / 2))
  largest = jnp.exp(u * jnp.log(jnp.maximum(count / 2, 1))) + 0.5
  clicks = 1 + jnp.floor(5 * u)
  ways = [way < NOTHING, way < PART, way < SOME_COLORS, way < LARGEST]
  number = jnp.select(ways, [0.0, part, 0.0, largest], clicks)
  by_area = jnp.log(area + 1e-9)[:, None]
  noise = jax.random.gumbel(fold_in(key, 'order'), (b, alternatives, n))
  order = jnp.where(way < PART, noise, by_area + jnp.where(way < LARGEST, 0.1, 1.0) * noise)
  order = jnp.where(used[:, None], order, -jnp.inf)
  rank = jnp.argsort(jnp.argsort(-order, -1), -1)
  each = lambda name: jax.random.uniform(fold_in(key, name), (b, alternatives, n))
  of_color = jnp.take_along_axis(each('color'), _first_of_color(colors, used)[:, None], -1)
  left_out = LEFT_OUT * jnp.maximum(2 * uniform('left out') - 1, 0)  # of half of the pictures: none
  some = (of_color < u) & (each('left') >= left_out)
  some &= (PART <= way) & (way < SOME_COLORS)
  return ((rank < jnp.floor(number)) | some) & used[:, None]


def disturb(key: Array, colors: Array, used: Array, alternatives: int) -> Array:
  """Disturbed colours, as people give them: some a little off, a few wrong.

  Args:
    key: a PRNG key.
    colors: [B, N, 3], sRGB in [-1, 1].
    used: bool [B, N].
    alternatives: S.

  Returns:
    [B, S, N, 3].
  """
  b, n, _ = colors.shape
  u = jax.random.uniform(fold_in(key, 'which'), (b, alternatives, n, 1))
  off = 0.04 * jax.random.normal(fold_in(key, 'off'), (b, alternatives, n, 3))
  other = jax.random.randint(fold_in(key, 'other'), (b, alternatives * n), 0, 2**30)
  other = other % jnp.maximum(used.sum(-1, keepdims=True), 1)
  wrong = jnp.take_along_axis(colors, other[..., None], 1).reshape(b, alternatives, n, 3)
  colors = jnp.broadcast_to(colors[:, None], wrong.shape)
  moved = jnp.clip(colors + off, -1, 1)
  return jnp.where(u < WRONG, wrong, jnp.where(u < WRONG + MOVED, moved, colors))


def palette(colors: Array, used: Array, size: int) -> tuple[Array, Array]:
  """The distinct colours of pictures, those of the largest regions first.

  Args:
    colors: [B, N, 3], the largest region first.
    used: bool [B, N].
    size: most colours that there may be.

  Returns:
    Colours [B, size, 3], and which of them there are, bool [B, size].
  """
  first = used & (_first_of_color(colors, used) == jnp.arange(colors.shape[1]))
  order = jnp.argsort(~first, -1, stable=True)[:, :size]
  return (
    jnp.take_along_axis(colors, order[..., None], 1),
    jnp.take_along_axis(first, order, 1),
  )


def _first_of_color(colors: Array, used: Array) -> Array:
  """[B, N], the number of the first region that has the colour of each."""
  same = jnp.all(colors[:, :, None] == colors[:, None], -1) & used[:, None]
  return jnp.argmax(same, -1)


def tag_numbers(
  key: Array, tags: Array, size: int, color_of: Sequence[int] = ()
) -> tuple[Array, Array]:
  """The tags that fit into a table, those that name a colour first, else a random choice.

  Args:
    key: a PRNG key.
    tags: multi-hot [B, T].
    size: rows of the table.
    color_of: of each tag the number of its colour; -1: none. (): no tag names one.

  Returns:
    The tags' numbers, int32 [B, size], and which are there.
  """
  first = jnp.array(color_of or (-1,) * tags.shape[1], jnp.int32) >= 0
  order = tags * (1 + first + jax.random.uniform(key, tags.shape))
  if tags.shape[1] < size:
    order = jnp.pad(order, ((0, 0), (0, size - tags.shape[1])))
  value, index = jax.lax.top_k(order, size)
  return jnp.where(value > 0, index, 0).astype(jnp.int32), value > 0
