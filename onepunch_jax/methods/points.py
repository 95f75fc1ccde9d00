"""Real-time user-guided colorization with learned priors (Zhang et al. 2017): colour by clicks.

    net: min  lambda_huber E H(y - F(x, u)) / delta + lambda_ce E CE(Z, G(x, u))      eq. 1, 3
    H(e) = e^2 / 2  where |e| < delta,  else  delta |e| - delta^2 / 2                 delta = 1

x is L of the grey page, u the ab of the clicks and where they are, y the true ab; Z classes of ab
(ab_bins) from an inner layer, the paper's side task and what `suggest` reads; delta in ab units.
Its training on classes alone comes first: lambda_huber=0, then config.init_from.  For line art,
which has no L to keep, lightness='predicted': L is answered too, and clicks tell theirs.
`histogram`: the paper's global hints, how much there is of each colour, and how saturated it is.
"""

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, fold_in
from onepunch_jax.guides import geodesic
from onepunch_jax.ops import ab_bins, color, output_space

GUIDES = ('hint',)  # what a person may give


def make(
  *,
  net,
  lightness='input',
  bins='grid',
  neighbours=5,
  sigma=5.0,
  lambda_huber=10.0,
  lambda_ce=1.0,
  delta=1.0,
  drop_grey=5.0,
  histogram=False,
  spread=False,
) -> Method:
  """Zhang-17.

  Args:
    net: its `bins` and `out_channels` are set here.
    lightness: 'input' or 'predicted'.
    bins: 'grid' (529) or what else `ab_bins.load` takes.
    neighbours, sigma: of the soft encoding.
    lambda_huber, lambda_ce: weights; the Huber term is over delta, so that it is an L1 afar.
    delta: of the Huber loss, in units of ab.
    drop_grey: pictures whose ab stay within this are in no loss, where L is the input's.
    histogram: batch['histogram'] is read; training gives half of the drawings theirs.
    spread: hints are spread over the drawing, and over the answer (guides/geodesic; ours).
  """
  if lightness not in ('input', 'predicted'):
    raise ValueError(f"L is the 'input' one or 'predicted', not {lightness!r}.")
  space = 'lab' if lightness == 'predicted' else 'ab'
  bins, _ = ab_bins.load(bins)
  section = {**net, 'bins': len(bins), 'out_channels': output_space.CHANNELS[space]}
  net = Net('net', registry.net(section))

  def planes(batch):
    """L / 100 - 0.5, the clicks' colours over 110 (L: over 50, less 1), their places - 0.5."""
    hint = geodesic.hint_input(batch, spread)
    colors, mask = output_space.target(hint[..., :3], space), hint[..., 3:]
    light = 0.5 * output_space.lightness(batch['line'])
    return jnp.concatenate([light, colors * mask, mask - 0.5], -1)

  def told(batch):
    """The global hint [B, Q + 3] (`global_hint`), zeros where nothing is told."""
    if not histogram:
      return None
    return batch.get('histogram', jnp.zeros((len(batch['line']), len(bins) + 3)))

  def forward(v, batch, key):
    if histogram:
      given = jax.random.bernoulli(fold_in(key, 'given'), shape=(2, len(batch['rgb']), 1))
      batch = {**batch, 'histogram': global_hint(batch['rgb'], bins, *given)}
    (raw, logits), v = net(v, planes(batch), told(batch), key=key)
    return {'answer': geodesic.prediction(raw, batch, spread, space), 'logits': logits}, v

  def loss(v, out, batch, key, step):
    ab = output_space.target(batch['rgb'], 'ab') * color.AB_MAX
    colored = jnp.any(jnp.abs(ab) > drop_grey, (1, 2, 3)) | (space == 'lab')
    mean = lambda x: jnp.sum(jnp.mean(x, (1, 2)) * colored) / jnp.maximum(jnp.sum(colored), 1)
    unit = delta / color.AB_MAX
    error = jnp.abs(out['answer'] - output_space.target(batch['rgb'], space))
    huber = jnp.where(error < unit, error**2 / 2, unit * (error - unit / 2)) / unit
    z = ab_bins.encode(ab[:, ::4, ::4], bins, neighbours, sigma)
    entropy = -jnp.sum(z * jax.nn.log_softmax(out['logits']), -1)
    metrics = {'huber': mean(huber.mean(-1)), 'entropy': mean(entropy)}
    return lambda_huber * metrics['huber'] + lambda_ce * metrics['entropy'], (v, metrics)

  def colorize(v, batch, key=None):
    raw, _ = net.infer(v, planes(batch), told(batch))
    answer = geodesic.prediction(raw, batch, spread, space)
    return output_space.to_rgb(answer, batch['line'], space)

  def classes(v, batch):
    _, logits = net.infer(v, planes(batch), told(batch))
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


def global_hint(rgb, bins, colors, saturation):
  """The global hint [B, Q + 3] of pictures [B, H, W, 3] in [-1, 1] (section 3.3).

  Shares of the ab bins at a quarter of the size, and 1; mean saturation (HSV), and 1.
  `colors` and `saturation`, bool [B, 1], say what is told; what is not is 0.
  """
  ab = output_space.target(rgb, 'ab')[:, ::4, ::4] * color.AB_MAX
  shares = jax.vmap(lambda x: ab_bins.histogram(x, bins))(ab)
  rgb = 0.5 + 0.5 * rgb
  chroma = rgb.max(-1) - rgb.min(-1)
  mean = jnp.mean(chroma / jnp.maximum(rgb.max(-1), 1e-6), (1, 2))[:, None]
  parts = shares * colors, colors, mean * saturation, saturation
  return jnp.concatenate([x.astype(jnp.float32) for x in parts], -1)


def suggest(probabilities, bins, count: int = 9, rounds: int = 20) -> np.ndarray:
  """Colours to choose from at one place (section 3.4): likely ones that differ.

  Args:
    probabilities: [Q], the softmax of the net's logits there.
    bins: [Q, 2] (`ab_bins.load`).
    count: how many.
    rounds: of k-means.

  Returns:
    ab [count, 2], the likeliest first: weighted k-means of the bins, started at the likeliest bin
    and then, each time, where most is far from all before.
  """
  p, bins = np.asarray(probabilities, np.float64), np.asarray(bins, np.float64)
  centres = bins[[p.argmax()]]
  apart = lambda: ((bins[:, None] - centres) ** 2).sum(-1)
  while len(centres) < min(count, len(bins)):
    centres = np.vstack([centres, bins[np.argmax(p * apart().min(1))]])
  for _ in range(rounds):
    own = np.eye(len(centres))[apart().argmin(1)] * p[:, None]
    weight = own.sum(0)
    centres = np.where(
      weight[:, None] > 0, own.T @ bins / np.maximum(weight, 1e-12)[:, None], centres
    )
  return centres[np.argsort(-(np.eye(len(centres))[apart().argmin(1)] * p[:, None]).sum(0))]
