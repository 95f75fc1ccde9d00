"""Atari's user hints (Automatic Line Art Colorization): strokes on a copy of the line art.

    D: max  E min(0, -1 + D(y, f)) + E min(0, -1 - D(G(x, u, f), f))      f: VGG-19 of the hint u
    G: min  lambda_l1 E |y - G| - lambda_adv E D(G, f) - lambda_pef sum_c Var(G_c)

The last term, "positive enforcing", asks for colours that differ.  f needs weights by path; without
them G has a small encoder of its own, and D sees colours alone.  encoding='white' with points is
its second version's input.
"""

import jax.numpy as jnp

from onepunch_jax import hints, pretrained, registry
from onepunch_jax.core import Method, Net, Player
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses.pixel import l1
from onepunch_jax.nets.layers import avg_pool

TAKES = ('hint',)  # what a person may give


def make(
  *, gen, disc, vgg, vgg_weights='', encoding='line', gan='hinge', lambda_l1=1.0,
  lambda_adv=0.01, lambda_pef=0.001,
) -> Method:  # fmt: skip
  """User hints.

  Args:
    gen, disc: nets/sacat and nets/hint_disc; `out_channels` is set here.
    vgg, vgg_weights: the section of VGG-19 and its weight file ('' for none).
    encoding: how hints are shown (`hints.encode`).
    gan: a name of losses/gan.py.
    lambda_l1, lambda_adv, lambda_pef: weights.
  """
  hints.check(encoding)
  adversary = gans.make(gan)
  seer = pretrained.frozen('vgg', vgg, vgg_weights, lambda b: (b['rgb'],))
  more = lambda b: (jnp.zeros((*_sixteenth(b['line']), 8 * seer.module.width)),) if seer else ()
  gen = Net('gen', registry.net({**gen, 'out_channels': 3}),
            lambda b: (triple(b), shown(b), *more(b)))
  disc = Net('disc', registry.net(disc), lambda b: (b['rgb'], *more(b)))

  def triple(batch):
    return jnp.repeat(batch['line'], 3, -1)

  def shown(batch):
    return hints.encode(hints.of(batch), batch['line'], encoding)

  def features(v, batch):
    """conv4_4 of the hint, pooled to a sixteenth: (it,), or () without weights."""
    if not seer:
      return ()
    _, maps = seer.infer(v, shown(batch)[..., :3])
    return (avg_pool(maps['relu4_4'], 3, 2, 1, count_include_pad=False),)

  def forward(v, batch, key):
    raw, v = gen(v, triple(batch), shown(batch), *features(v, batch), key=key)
    return {'fake': jnp.tanh(raw)}, v

  def d_loss(v, out, batch, key, step):
    seen = features(v, batch)
    real, v = disc(v, batch['rgb'], *seen)
    fake, v = disc(v, out['fake'], *seen)
    return adversary.d(real, fake), (v, {})

  def g_loss(v, out, batch, key, step):
    logits, v = disc(v, out['fake'], *features(v, batch))
    metrics = {'adv': adversary.g(logits), 'l1': l1(out['fake'], batch['rgb']),
               'variance': jnp.mean(jnp.sum(jnp.var(out['fake'], (1, 2)), -1))}
    loss = lambda_l1 * metrics['l1'] + lambda_adv * metrics['adv']
    return loss - lambda_pef * metrics['variance'], (v, metrics)

  def colorize(v, batch, key):
    return 0.5 + 0.5 * jnp.tanh(gen.infer(v, triple(batch), shown(batch), *features(v, batch)))

  return Method(
    nets=(gen, disc, *([seer] if seer else [])),
    forward=forward,
    turns=((Player('d', ('disc',), d_loss),), (Player('g', ('gen',), g_loss),)),
    colorize=colorize,
    exports=('gen', *(['vgg'] if seer else [])),
    needs=('line', 'rgb', 'hint'),
    reads=('line', 'hint'),
    multiple=gen.module.multiple,
  )


def _sixteenth(x):
  return x.shape[0], x.shape[1] // 16, x.shape[2] // 16
