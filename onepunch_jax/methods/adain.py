"""Reference colours by AdaIN (Automatic Line Art Colorization's first reference method).

    D: max  E min(0, -1 + D(y)) + E min(0, -1 - D(G(x, r)))
    G: min  lambda_l1 E |y - G| - lambda_adv E D(G) - lambda_pef sum_c Var(G_c)

The style of the reference r modulates what a net makes of the line art x: colours without places.
"""

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player
from onepunch_jax.guides import references
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses.pixel import l1, l2

GUIDES = ('reference',)  # what a person may give


def make(
  *, gen, disc, gan='hinge', lambda_l1=1.0, lambda_l2=0.0, lambda_adv=0.01, lambda_pef=0.001
) -> Method:
  """AdaIN.

  Args:
    gen, disc: nets/adain and nets/hint_disc; `out_channels` is set here.
    gan: a name of losses/gan.py.
    lambda_l1, lambda_l2, lambda_adv, lambda_pef: weights; the squared term is ours.
  """
  adversary = gans.make(gan)
  gen = Net('gen', registry.net({**gen, 'out_channels': 3}))
  disc = Net('disc', registry.net(disc))

  def forward(v, batch, key):
    raw, v = gen(v, batch['line'], batch['reference'], key=key)
    return {'fake': jnp.tanh(raw)}, v

  def d_loss(v, out, batch, key, step):
    of_real, v = gans.judge(disc, v, batch['rgb'])
    of_fake, v = gans.judge(disc, v, out['fake'])
    return adversary.d(of_real.logits, of_fake.logits), (v, {})

  def g_loss(v, out, batch, key, step):
    of_fake, v = gans.judge(disc, v, out['fake'])
    metrics = {
      'adv': adversary.g(of_fake.logits),
      'l1': l1(out['fake'], batch['rgb']),
      'l2': l2(out['fake'], batch['rgb']),
      'variance': jnp.mean(jnp.sum(jnp.var(out['fake'], (1, 2)), -1)),
    }
    loss = lambda_l1 * metrics['l1'] + lambda_l2 * metrics['l2'] + lambda_adv * metrics['adv']
    return loss - lambda_pef * metrics['variance'], (v, metrics)

  def colorize(v, batch, key=None):
    return 0.5 + 0.5 * jnp.tanh(gen.infer(v, batch['line'], references.of(batch)))

  return Method(
    nets=(gen, disc),
    forward=forward,
    turns=((Player('d', ('disc',), d_loss),), (Player('g', ('gen',), g_loss),)),
    colorize=colorize,
    exports=('gen',),
    train_inputs=('line', 'rgb', 'reference'),
    inputs=('line', 'reference'),
    multiple=gen.module.multiple,
  )
