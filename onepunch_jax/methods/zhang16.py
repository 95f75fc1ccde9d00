"""Colorful image colorization (Zhang, Isola and Efros 2016): colour as classes of ab.

    Z  = soft encoding of the true ab at a quarter of the size (ab_bins.encode)
    net: min  -E w(q*) sum_q Z_q log softmax(G(L))_q            q* the most probable bin of Z, eq. 2
    w  ~ 1 / ((1 - 1/2) p + 1/2 / Q),  p the bins' share of pixels, smoothed in ab,  E w = 1   eq. 4
    ab = annealed mean of softmax(G(L) / T), enlarged 4x                                       eq. 5

L is the grey page's own and is kept; for line art, where it says nothing, lightness='predicted'
adds a second answer, by L1.  Without a file of bins, p is the running mean of what training sees.
"""

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player
from onepunch_jax.losses.pixel import l1
from onepunch_jax.ops import ab_bins, color

REMEMBERED = 10_000  # steps over which the running prior is a mean


def make(
  *,
  net,
  bins='gamut',
  neighbours=5,
  sigma=5.0,
  rebalance=0.5,
  temperature=0.38,
  lightness='input',
  lambda_l=10.0,
  drop_grey=5.0,
) -> Method:
  """Zhang-16.

  Args:
    net: its `bins` and `lightness` are set here.
    bins: 'gamut' (313), 'grid' (529), or a file of data_prep.ab_bins with bins and their prior.
    neighbours, sigma: of the soft encoding (the paper 5, the released code 10).
    rebalance: lambda of eq. 4, how much of a uniform prior is mixed in; 1 is no rebalancing.
    temperature: T of eq. 5.
    lightness: 'input' or 'predicted'.
    lambda_l: weight of the L1 on L / 50 - 1, where it is predicted.
    drop_grey: pictures whose ab stay within this are in no loss.
  """
  if lightness not in ('input', 'predicted'):
    raise ValueError(f"L is the 'input' one or 'predicted', not {lightness!r}.")
  bins, known = ab_bins.load(bins)
  section = {**net, 'bins': len(bins), 'lightness': lightness == 'predicted'}
  net = Net('net', registry.net(section))

  def target(batch):
    """The true L in [-1, 1], and ab at a quarter of the size, every fourth pixel."""
    lab = color.rgb_to_lab(0.5 + 0.5 * batch['rgb'])
    return lab[..., :1] / 50 - 1, lab[:, ::4, ::4, 1:]

  def forward(v, batch, key):
    (logits, light), v = net(v, _lightness(batch), key=key)
    return {'logits': logits, 'light': light}, v

  def loss(v, out, batch, key, step):
    light, ab = target(batch)
    if known is None:
      rate = 1 / (1 + jnp.minimum(step, REMEMBERED))
      prior = v.memory['prior'] + rate * (ab_bins.histogram(ab, bins) - v.memory['prior'])
      v = v.replace(memory={'prior': prior})
    else:
      prior = known
    weight = ab_bins.rebalance(ab_bins.smooth(prior, bins, sigma), rebalance)
    z = ab_bins.encode(ab, bins, neighbours, sigma)
    entropy = -jnp.sum(z * jax.nn.log_softmax(out['logits']), -1)
    colored = jnp.any(jnp.abs(ab) > drop_grey, axis=(1, 2, 3))[:, None, None]
    mean = lambda x: jnp.sum(x * colored) / jnp.maximum(jnp.sum(colored) * x[0].size, 1)
    metrics = {'entropy': mean(entropy)}
    loss = mean(entropy * weight[ab_bins.nearest(ab, bins)])
    if lightness == 'predicted':
      metrics['l'] = l1(jnp.tanh(out['light']), light)
      loss += lambda_l * metrics['l']
    return loss, (v, metrics)

  def colorize(v, batch, key=None):
    logits, light = net.infer(v, _lightness(batch))
    light = _lightness(batch) if light is None else jnp.tanh(light)
    ab = ab_bins.annealed_mean(logits, bins, temperature)
    ab = jax.image.resize(ab, (*light.shape[:3], 2), 'bilinear')
    return color.lab_to_rgb(jnp.concatenate([50 * light + 50, ab], -1))

  def measure(v, batch, key):
    """Manga-Colouring's figures, which are on probability maps, beside predictors without a net."""
    z = ab_bins.encode(target(batch)[1], bins, neighbours, sigma)
    answers = {
      'model': jax.nn.softmax(net.infer(v, _lightness(batch))[0]),
      'zeros': jnp.zeros(len(bins)),
      'uniform': jnp.full(len(bins), 1 / len(bins)),
    }
    if v.memory or known is not None:
      answers['prior'] = v.memory['prior'] if known is None else known
    found = {}
    for row, p in answers.items():
      mse = jnp.mean((z - p) ** 2, (1, 2, 3))
      found |= {
        f'{row}/map_mse': mse,
        f'{row}/map_mae': jnp.mean(jnp.abs(z - p), (1, 2, 3)),
        f'{row}/map_psnr': -10 * jnp.log10(mse),
      }
    return found

  return Method(
    nets=(net,),
    forward=forward,
    turns=((Player('net', ('net',), loss),),),
    colorize=colorize,
    measure=measure,
    exports=('net',),
    train_inputs=('line', 'rgb'),
    multiple=net.module.multiple,
    memory=lambda b: {'prior': jnp.zeros(len(bins))} if known is None else {},
  )


def _lightness(batch):
  """The L of the grey page, in [-1, 1]."""
  grey = jnp.repeat(0.5 + 0.5 * batch['line'], 3, -1)
  return color.rgb_to_lab(grey)[..., :1] / 50 - 1
