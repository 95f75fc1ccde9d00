"""Colours of regions drawn from a net's distribution, in rounds that see each other's answers.

The largest unknown regions one by one, then the rest in a few rounds, the surest and largest first;
then the least likely tenth once more, beside all others. Where much is known, by hints or a
reference, the likeliest colour is taken instead of a draw: not the likeliest component of the
mixture, but the colour about which most of its mass lies, whichever tokens point at it.
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
AGAIN = 0.1  # of the regions, the least likely ones, are drawn once more
BEST = 0.3  # temperature of the best answer
VARIED = 1.0  # of variants
TAIL = 0.1  # of the likeliest component's probability: what is less likely is never drawn (min-p)
MANY = 4  # hints from which on the best answer is the likeliest colour instead of a draw
WIDTH = 4.0  # dE: the standard deviation of the kernel that gathers mass about a colour
LEAST = 1e-4  # a component is at least so likely if it is to be the answer


def decode(
  predict: Callable[[Array, Array], Mixture],
  keys: Array,
  colors: Array,
  known: Array,
  geometry: Array,
  temperature: Array,
  palette: Array | None = None,
  likeliest: Array | None = None,
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
    likeliest: bool [B], whether the likeliest colours are taken instead of draws; None: nowhere.

  Returns:
    [B, N, 3], sRGB in [-1, 1].
  """
  likeliest = jnp.zeros(len(colors), bool) if likeliest is None else likeliest
  used, area = geometry[..., -1] > 0, geometry[..., 7] ** 2
  size = colors.shape[1]
  first = min(ONE_BY_ONE, size)

  def choose(colors, known, step):
    mixture = predict(colors, known)
    now = jax.vmap(jax.random.fold_in, (0, None))(keys, step)

    def by_chance():
      return draw(mixture, now, temperature, palette)

    if len(likeliest) == 1:  # of one picture only one of both is wanted
      return jax.lax.cond(likeliest[0], lambda: mode(mixture, palette), by_chance)
    drawn, sure = by_chance()

    def best():
      here = likeliest[:, None]
      found, likely = mode(mixture, palette)
      return jnp.where(here[..., None], found, drawn), jnp.where(here, likely, sure)

    return jax.lax.cond(likeliest.any(), best, lambda: (drawn, sure))

  own, rounds = used & ~known, first + TOGETHER

  def one_round(state, step):
    colors, known, likely = state
    doubted = _first(own, jnp.ceil(AGAIN * own.sum(-1)), likely) & (step == rounds)
    known &= ~doubted
    chosen_colors, sure = choose(colors, known, step)
    left = used & ~known
    rest = jnp.ceil(left.sum(-1) / jnp.maximum(rounds - step, 1))
    number = jnp.where(step < first, 1, rest)
    chosen = _first(left, number, -area * jnp.where(step < first, 1.0, sure))
    colors = jnp.where(chosen[..., None], chosen_colors, colors)
    return (colors, known | chosen, jnp.where(chosen, sure, likely)), None

  start = jnp.where(known[..., None], colors, 1.0), known, jnp.zeros(known.shape)
  (colors, *_), _ = jax.lax.scan(one_round, start, jnp.arange(rounds + 1))
  return colors


def _first(among: Array, number: Array, order: Array) -> Array:
  """bool [B, N]: of the regions `among`, `number` [B] with the lowest `order` [B, N]."""
  order = jnp.where(among, order, jnp.inf)
  rank = jnp.argsort(jnp.argsort(order, -1, stable=True), -1, stable=True)
  return among & (rank < number[:, None])


def draw(
  mixture: Mixture, keys: Array, temperature: Array, palette: Array | None = None
) -> tuple[Array, Array]:
  """One colour for each region.

  Returns:
    sRGB in [-1, 1], [B, N, 3]; how likely the choice was, [B, N].
  """
  bins, residual, point, gate, targets = _limited(mixture, palette)
  heat = temperature[:, None]
  three = jax.vmap(lambda key: jax.random.split(key, 3))(keys)
  pick = jax.vmap(jax.random.categorical)
  one = pick(three[:, 0], _without_tail(bins / heat[..., None]))
  other = pick(three[:, 1], _without_tail(point / heat[..., None]))
  u = jax.vmap(lambda key: jax.random.uniform(key, gate.shape[1:]))(three[:, 2])
  pointing = u < jax.nn.sigmoid(gate / heat)
  made, copied = _made(residual, one), color.lab_to_rgb(_at(targets, other))
  share = lambda x, i: jnp.take_along_axis(jax.nn.softmax(x), i[..., None], -1)[..., 0]
  g = jax.nn.sigmoid(gate)
  sure = jnp.where(pointing, g * share(point, other), (1 - g) * share(bins, one))
  return 2 * jnp.where(pointing[..., None], copied, made) - 1, sure


def _without_tail(logits: Array) -> Array:
  """Logits [..., K] without the components that are least likely: odd colours come from these."""
  return jnp.where(logits < logits.max(-1, keepdims=True) + jnp.log(TAIL), -jnp.inf, logits)


def mode(mixture: Mixture, palette: Array | None = None) -> tuple[Array, Array]:
  """The colour of each region about which most of its mass lies.

  Returns:
    sRGB in [-1, 1], [B, N, 3]; the mass within about `WIDTH` of it, [B, N].
  """
  bins, residual, point, gate, targets = _limited(mixture, palette)
  g = jax.nn.sigmoid(gate)[..., None]
  share = jnp.concatenate([(1 - g) * jax.nn.softmax(bins), g * jax.nn.softmax(point)], -1)
  centres = color.rgb_to_lab(jnp.asarray(codebook.colors()))
  centres = jnp.broadcast_to(centres, (len(bins), *centres.shape))
  lab = jnp.concatenate([centres, targets], 1)
  apart = jnp.square(lab[:, :, None] - lab[:, None]).sum(-1)
  mass = jnp.einsum('bni,bij->bnj', share, jnp.exp(apart / (-2 * WIDTH**2)))
  best = jnp.argmax(jnp.where(share > LEAST, mass, 0), -1)
  classes = bins.shape[-1]
  made = _made(residual, jnp.minimum(best, classes - 1))
  copied = color.lab_to_rgb(_at(targets, jnp.maximum(best - classes, 0)))
  rgb = jnp.where((best >= classes)[..., None], copied, made)
  return 2 * rgb - 1, jnp.take_along_axis(mass, best[..., None], -1)[..., 0]


def _limited(mixture: Mixture, palette: Array | None) -> tuple[Array, ...]:
  """The parts of a mixture with S = 1, where there is a palette of its tokens alone."""
  bins, residual, point, gate, targets = (x[:, 0] for x in mixture)
  if palette is not None:
    limited = palette.any(-1)[:, None]
    gate = jnp.where(limited, jnp.inf, gate)
    point = jnp.where((limited & ~palette)[:, None], -jnp.inf, point)
  return bins, residual, point, gate, targets


def _at(values: Array, index: Array) -> Array:
  """The rows [B, N, 3] of values [B, M, 3]."""
  return jnp.take_along_axis(values, index[..., None], 1)


def _made(residual: Array, number: Array) -> Array:
  """sRGB in [0, 1], [B, N, 3], of the classes `number` [B, N], moved by their residuals."""
  centres = color.rgb_to_lab(jnp.asarray(codebook.colors()))
  moved = jnp.take_along_axis(residual, number[..., None, None], 2)[..., 0, :]
  made = color.lab_to_rgb(centres[number] + moved)
  return jnp.where((number == codebook.PAPER)[..., None], 1.0, made)
