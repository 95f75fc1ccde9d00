"""Real-time user-guided colorization with learned priors (Zhang et al. 2017): colour by clicks.

    net: min  lambda_huber E sum H(y - F(x, u)) / delta + lambda_ce E CE(Z, G(x, u))  eq. 1, 3
    H(e) = e^2 / 2  where |e| < delta,  else  delta |e| - delta^2 / 2                 delta = 1

x is L of the grey page, u the ab of the clicks and a mask of their places, y the true ab. Z are
classes of ab (ops/ab_bins), predicted from an inner layer: the paper's side task, which `suggest`
reads; it does not move the layers below (richzhang/colorization-pytorch 66a1cb2). The sum is over
a and b. delta is in units of ab. The paper first trains on the classes alone: lambda_huber=0, then
config.init_from. Line art has no L to keep: with lightness='predicted' L is predicted too, and
clicks also give theirs. `histogram` is the paper's global hint: how much there is of each colour,
and the mean saturation.
"""

import functools
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax import registry
from onepunch_jax.core import Array, Method, Net, Player, Section, fold_in
from onepunch_jax.guides import geodesic
from onepunch_jax.ops import ab_bins, color, output_space

GUIDES = ('hint',)  # what a user may give


def make(
  *,
  net: Section,
  lightness: Literal['input', 'predicted'] = 'input',
  bins: str = 'grid',
  neighbours: int = 5,
  sigma: float = 5.0,
  lambda_huber: float = 10.0,
  lambda_ce: float = 1.0,
  detach_classes: bool = True,
  delta: float = 1.0,
  drop_grey: float = 5.0,
  histogram: bool = False,
  propagate_hints: bool = False,
) -> Method:
  """Zhang-17.

  Args:
    net: its `bins`, `out_channels` and `detach_classes` are set here.
    lightness: 'input' or 'predicted'.
    bins: 'grid' (529) or what else `ab_bins.load` reads.
    neighbours, sigma: of the soft encoding.
    lambda_huber, lambda_ce: weights; the Huber term is a sum over a and b (and L, where that is
      predicted), divided by delta, so that it is an L1 term for large errors.
    detach_classes: whether the side task leaves the layers below it alone, as in the released code;
      in a training on the classes alone (lambda_huber=0) it moves them.
    delta: of the Huber loss, in units of ab.
    drop_grey: images whose |ab| nowhere exceeds this are in no loss, where L is the input's.
    histogram: whether batch['histogram'] is read; in training, half of the images have theirs.
    propagate_hints: whether hints are propagated over the drawing for the input and, where they are
      near, for the prediction (guides/geodesic; ours).
  """
  if lightness not in ('input', 'predicted'):
    raise ValueError(f"`lightness` is 'input' or 'predicted', not {lightness!r}.")
  space = 'lab' if lightness == 'predicted' else 'ab'
  bins, _ = ab_bins.load(bins)
  section = {
    **net,
    'bins': len(bins),
    'out_channels': output_space.CHANNELS[space],
    'detach_classes': detach_classes and lambda_huber > 0,
  }
  net = Net('net', registry.net(section))

  def net_input(batch):
    """L / 100 - 0.5, the clicks' colours over 110 (L: / 50 - 1), their mask - 0.5."""
    hint = geodesic.hint_input(batch, propagate_hints)
    colors, mask = output_space.target(hint[..., :3], space), hint[..., 3:]
    half_lightness = 0.5 * output_space.lightness(batch['line'])
    return jnp.concatenate([half_lightness, colors * mask, mask - 0.5], -1)

  def histogram_of(batch):
    """The global hint [B, Q + 3] (`global_hint`), zeros where the batch has none."""
    if not histogram:
      return None
    return batch.get('histogram', jnp.zeros((len(batch['line']), len(bins) + 3)))

  def forward(v, batch, key):
    if histogram:
      # which of the two parts of the global hint an image has
      has_colors, has_saturation = jax.random.bernoulli(
        fold_in(key, 'given'), shape=(2, len(batch['rgb']), 1)
      )
      hint = global_hint(batch['rgb'], bins, has_colors, has_saturation)
      batch = {**batch, 'histogram': hint}
    (raw, logits), v = net(v, net_input(batch), histogram_of(batch), key=key)
    fake = geodesic.prediction(raw, batch, propagate_hints, space)
    return {'fake': fake, 'logits': logits}, v

  def loss(v, out, batch, key, step):
    ab = output_space.target(batch['rgb'], 'ab') * color.AB_MAX
    counts = jnp.any(jnp.abs(ab) > drop_grey, (1, 2, 3)) | (space == 'lab')

    def mean(x):
      return jnp.sum(jnp.mean(x, (1, 2)) * counts) / jnp.maximum(jnp.sum(counts), 1)

    unit_delta = delta / color.AB_MAX
    error = jnp.abs(out['fake'] - output_space.target(batch['rgb'], space))
    linear = unit_delta * (error - unit_delta / 2)
    huber = jnp.where(error < unit_delta, error**2 / 2, linear) / unit_delta
    z = ab_bins.encode(ab[:, ::4, ::4], bins, neighbours, sigma)
    entropy = -jnp.sum(z * jax.nn.log_softmax(out['logits']), -1)
    metrics = {'huber': mean(huber.sum(-1)), 'entropy': mean(entropy)}
    return lambda_huber * metrics['huber'] + lambda_ce * metrics['entropy'], (v, metrics)

  def colorize(v, batch, key=None):
    raw, _ = net.infer(v, net_input(batch), histogram_of(batch))
    fake = geodesic.prediction(raw, batch, propagate_hints, space)
    return output_space.to_rgb(fake, batch['line'], space)

  def classes(v, batch):
    _, logits = net.infer(v, net_input(batch), histogram_of(batch))
    return jax.nn.softmax(logits), jnp.asarray(bins)

  return Method(
    nets=(net,),
    forward=forward,
    turns=((Player('net', ('net',), loss),),),
    colorize=colorize,
    classes=classes,
    exports=('net',),
    train_inputs=('line', 'rgb', 'hint'),
    inputs=('line', 'hint'),
    multiple=net.module.multiple,
  )


def global_hint(rgb: Array, bins: Array, has_colors: Array, has_saturation: Array) -> Array:
  """The global hint of images (section 3.3).

  Args:
    rgb: [B, H, W, 3] in [-1, 1].
    bins: [Q, 2] (`ab_bins.load`).
    has_colors, has_saturation: bool [B, 1], which parts of it an image has; the others are 0.

  Returns:
    [B, Q + 3]: the histogram of the ab bins at a quarter of the size, and 1; the mean saturation
    (HSV), and 1.
  """
  ab = output_space.target(rgb, 'ab')[:, ::4, ::4] * color.AB_MAX
  histograms = jax.vmap(functools.partial(ab_bins.histogram, bins=bins))(ab)
  rgb = color.from_unit(rgb)
  chroma = rgb.max(-1) - rgb.min(-1)
  saturation = jnp.mean(chroma / jnp.maximum(rgb.max(-1), 1e-6), (1, 2))[:, None]
  parts = histograms * has_colors, has_colors, saturation * has_saturation, has_saturation
  return jnp.concatenate([x.astype(jnp.float32) for x in parts], -1)


def suggest(
  probabilities: np.ndarray, bins: np.ndarray, count: int = 9, rounds: int = 20
) -> np.ndarray:
  """Likely and different colours for one place (section 3.4), by weighted k-means of the bins.

  Args:
    probabilities: [Q], the softmax of the net's logits there.
    bins: [Q, 2] (`ab_bins.load`).
    count: how many colours.
    rounds: of k-means.

  Returns:
    ab [count, 2], the likeliest first. k-means starts at the likeliest bin, and then each time at
    the bin with the largest product of probability and squared distance from all centres before.
  """
  p, bins = np.asarray(probabilities, np.float64), np.asarray(bins, np.float64)
  centres = bins[[p.argmax()]]
  while len(centres) < min(count, len(bins)):
    farthest = np.argmax(p * _squared_distances(bins, centres).min(1))
    centres = np.vstack([centres, bins[farthest]])
  for _ in range(rounds):
    weights = _assigned(p, bins, centres)
    total = weights.sum(0)[:, None]
    centres = np.where(total > 0, weights.T @ bins / np.maximum(total, 1e-12), centres)
  return centres[np.argsort(-_assigned(p, bins, centres).sum(0))]


def _squared_distances(bins: np.ndarray, centres: np.ndarray) -> np.ndarray:
  """Of bins [Q, 2] from centres [K, 2]: [Q, K]."""
  return ((bins[:, None] - centres) ** 2).sum(-1)


def _assigned(p: np.ndarray, bins: np.ndarray, centres: np.ndarray) -> np.ndarray:
  """The probability of each bin, in the column of its nearest centre: [Q, K]."""
  nearest = _squared_distances(bins, centres).argmin(1)
  return np.eye(len(centres))[nearest] * p[:, None]
