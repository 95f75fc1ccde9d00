"""Colorful image colorization (Zhang, Isola and Efros 2016): colours as classes of ab.

    Z  = soft encoding of the true ab at a quarter of the size (ab_bins.encode)
    net: min  -E w(q*) sum_q Z_q log softmax(G(L))_q            q* the most probable bin of Z, eq. 2
    w  ~ 1 / ((1 - 1/2) p + 1/2 / Q),  p the frequency of the bins, smoothed in ab,  E w = 1   eq. 4
    ab = annealed mean of softmax(G(L) / T), enlarged 4x                                       eq. 5

L is the grey page's own and is kept. Line art has none: with lightness='predicted' a second output
predicts it, by L1. Without a file of bins, p is the running mean over the training data.
"""

from typing import Literal

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section
from onepunch_jax.losses.pixel import l1
from onepunch_jax.ops import ab_bins, color, output_space

AVERAGED_STEPS = 10_000  # the prior is a mean over about so many steps


def make(
  *,
  net: Section,
  bins: str = 'gamut',
  neighbours: int = 5,
  sigma: float = 5.0,
  rebalance: float = 0.5,
  temperature: float = 0.38,
  lightness: Literal['input', 'predicted'] = 'input',
  lambda_l: float = 10.0,
  drop_grey: float = 5.0,
) -> Method:
  """Zhang-16.

  Args:
    net: its `bins` and `lightness` are set here.
    bins: 'gamut' (313), 'grid' (529), or a file of data_prep.ab_bins with bins and their prior.
    neighbours, sigma: of the soft encoding (5 in the paper, 10 neighbours in the released code).
    rebalance: lambda of eq. 4, the weight of a uniform prior; 1 is no rebalancing.
    temperature: T of eq. 5.
    lightness: 'input' or 'predicted'.
    lambda_l: weight of the L1 on L / 50 - 1, where it is predicted.
    drop_grey: images whose |ab| nowhere exceeds this are in no loss.
  """
  if lightness not in ('input', 'predicted'):
    raise ValueError(f"`lightness` is 'input' or 'predicted', not {lightness!r}.")
  bins, known_prior = ab_bins.load(bins)
  section = {**net, 'bins': len(bins), 'lightness': lightness == 'predicted'}
  net = Net('net', registry.net(section))

  def target(batch):
    """The true L in [-1, 1], and ab at a quarter of the size, every fourth pixel."""
    lab = color.rgb_to_lab(color.from_unit(batch['rgb']))
    return lab[..., :1] / 50 - 1, lab[:, ::4, ::4, 1:]

  def forward(v, batch, key):
    (logits, light), v = net(v, output_space.lightness(batch['line']), key=key)
    return {'logits': logits, 'light': light}, v

  def updated_prior(v, ab, step):
    """The prior of the bins, and the variables that hold its running mean."""
    if known_prior is not None:
      return known_prior, v
    rate = 1 / (1 + jnp.minimum(step, AVERAGED_STEPS))
    prior = v.memory['prior'] + rate * (ab_bins.histogram(ab, bins) - v.memory['prior'])
    return prior, v.replace(memory={'prior': prior})

  def loss(v, out, batch, key, step):
    light, ab = target(batch)
    prior, v = updated_prior(v, ab, step)
    weight = ab_bins.rebalance(ab_bins.smooth(prior, bins, sigma), rebalance)
    z = ab_bins.encode(ab, bins, neighbours, sigma)
    entropy = -jnp.sum(z * jax.nn.log_softmax(out['logits']), -1)
    counts = jnp.any(jnp.abs(ab) > drop_grey, axis=(1, 2, 3))[:, None, None]

    def mean(x):
      return jnp.sum(x * counts) / jnp.maximum(jnp.sum(counts) * x[0].size, 1)

    metrics = {'entropy': mean(entropy)}
    loss = mean(entropy * weight[ab_bins.nearest(ab, bins)])
    if lightness == 'predicted':
      metrics['l'] = l1(jnp.tanh(out['light']), light)
      loss += lambda_l * metrics['l']
    return loss, (v, metrics)

  def colorize(v, batch, key=None):
    own_lightness = output_space.lightness(batch['line'])
    logits, light = net.infer(v, own_lightness)
    light = own_lightness if light is None else jnp.tanh(light)
    ab = ab_bins.annealed_mean(logits, bins, temperature)
    ab = jax.image.resize(ab, (*light.shape[:3], 2), 'bilinear')
    return color.lab_to_rgb(jnp.concatenate([50 * light + 50, ab], -1))

  def measure(v, batch, key):
    """Manga-Colouring's metrics, which are on probability maps, beside baselines without a net."""
    z = ab_bins.encode(target(batch)[1], bins, neighbours, sigma)
    logits, _ = net.infer(v, output_space.lightness(batch['line']))
    predictions = {
      'model': jax.nn.softmax(logits),
      'zeros': jnp.zeros(len(bins)),
      'uniform': jnp.full(len(bins), 1 / len(bins)),
    }
    if v.memory or known_prior is not None:
      predictions['prior'] = v.memory['prior'] if known_prior is None else known_prior
    metrics = {}
    for row, p in predictions.items():
      mse = jnp.mean((z - p) ** 2, (1, 2, 3))
      metrics[f'{row}/map_mse'] = mse
      metrics[f'{row}/map_mae'] = jnp.mean(jnp.abs(z - p), (1, 2, 3))
      metrics[f'{row}/map_psnr'] = -10 * jnp.log10(mse)
    return metrics

  def memory(batch):
    """The running prior, where no file gives one."""
    return {'prior': jnp.zeros(len(bins))} if known_prior is None else {}

  return Method(
    nets=(net,),
    forward=forward,
    turns=((Player('net', ('net',), loss),),),
    colorize=colorize,
    measure=measure,
    exports=('net',),
    train_inputs=('line', 'rgb'),
    multiple=net.module.multiple,
    memory=memory,
  )
