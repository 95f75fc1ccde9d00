"""Colours of regions drawn from a net's distribution, in rounds that see each other's answers.

The largest unknown regions one by one, then the rest in a few rounds, the surest and largest first.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from onepunch_jax.ops import color
from onepunch_jax.regions import codebook
from onepunch_jax.regions.mixture import Mixture

Array = jax.Array
ONE_BY_ONE = 10  # rounds of one region
TOGETHER = 5  # rounds of the rest
BEST = 0.3  # temperature of the best answer
VARIED = 1.0  # of variants


def decode(
  predict: Callable[[Array, Array], Mixture],
  keys: Array,
  colors: Array,
  known: Array,
  geometry: Array,
  temperature: Array,
  palette: Array | None = None,
) -> Array:
  """Fills in the colours that are not known.

  Args:
    predict: (colors [B, N, 3], known bool [B, N]) -> `Mixture` with S = 1.
    keys: PRNG keys [B]: the same one gives the same colours.
    colors: [B, N, 3], sRGB in [-1, 1]; read where `known`.
    known: bool [B, N].
    geometry: [B, N, 12] (`regions.tokens.Tokens`).
    temperature: [B]; less makes likely colours likelier.
    palette: bool [B, M] of the tokens to point at, the only ones that may be chosen where there
      are any; or None.

  Returns:
    [B, N, 3], sRGB in [-1, 1].
  """
  used, area = geometry[..., -1] > 0, geometry[..., 7] ** 2
  size = colors.shape[1]
  first = min(ONE_BY_ONE, size)

  def one_round(state, step):
    colors, known = state
    now = jax.vmap(jax.random.fold_in, (0, None))(keys, step)
    drawn, sure = draw(predict(colors, known), now, temperature, palette)
    left = used & ~known
    rest = jnp.ceil(left.sum(-1) / (first + TOGETHER - step)).astype(int)
    number = jnp.where(step < first, 1, rest)
    worth = jnp.where(left, area * jnp.where(step < first, 1.0, sure), -1.0)
    rank = jnp.argsort(jnp.argsort(-worth, -1, stable=True), -1, stable=True)
    chosen = left & (rank < number[:, None])
    return (jnp.where(chosen[..., None], drawn, colors), known | chosen), None

  start = jnp.where(known[..., None], colors, 1.0), known
  (colors, _), _ = jax.lax.scan(one_round, start, jnp.arange(first + TOGETHER))
  return colors


def draw(
  mixture: Mixture, keys: Array, temperature: Array, palette: Array | None = None
) -> tuple[Array, Array]:
  """One colour for each region.

  Returns:
    sRGB in [-1, 1], [B, N, 3]; how likely the choice was, [B, N].
  """
  bins, residual, point, gate, targets = (x[:, 0] for x in mixture)
  heat = temperature[:, None]
  if palette is not None:
    limited = palette.any(-1)[:, None]
    gate = jnp.where(limited, jnp.inf, gate)
    point = jnp.where((limited & ~palette)[:, None], -jnp.inf, point)
  three = jax.vmap(lambda key: jax.random.split(key, 3))(keys)
  pick = jax.vmap(jax.random.categorical)
  one, other = pick(three[:, 0], bins / heat[..., None]), pick(three[:, 1], point / heat[..., None])
  u = jax.vmap(lambda key: jax.random.uniform(key, gate.shape[1:]))(three[:, 2])
  pointing = u < jax.nn.sigmoid(gate / heat)
  centres = color.rgb_to_lab(jnp.asarray(codebook.colors()))
  moved = jnp.take_along_axis(residual, one[..., None, None], 2)[..., 0, :]
  made = color.lab_to_rgb(centres[one] + moved)
  made = jnp.where((one == codebook.PAPER)[..., None], 1.0, made)
  copied = color.lab_to_rgb(jnp.take_along_axis(targets, other[..., None], 1))
  share = lambda x, i: jnp.take_along_axis(jax.nn.softmax(x), i[..., None], -1)[..., 0]
  g = jax.nn.sigmoid(gate)
  sure = jnp.where(pointing, g * share(point, other), (1 - g) * share(bins, one))
  return 2 * jnp.where(pointing[..., None], copied, made) - 1, sure
