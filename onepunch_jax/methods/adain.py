"""Reference colours by AdaIN (ours, after Huang and Belongie 2017).

    D: max  E min(0, -1 + D(y)) + E min(0, -1 - D(G(x, r)))
    G: min  lambda_l1 E |y - G| - lambda_adv E D(G) - lambda_pef sum_c Var(G_c)

The style of the reference r modulates the features of the line art x: it carries colours without
their places. The idea is that of the first reference method of Automatic Line Art Colorization
(SerialLain3170/adeleine d77db38, reference_adain); nets and losses are not: there a content and a
style encoder of 64 to 512 channels, statistics of the style's maps without learned layers, three
discriminators and softplus losses (docs/faithfulness.md).
"""

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section
from onepunch_jax.guides import references
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses.pixel import channel_variance, l1, l2
from onepunch_jax.ops.color import from_unit

GUIDES = ('reference',)  # what a user may give


def make(
  *,
  gen: Section,
  disc: Section,
  gan: gans.Name = 'hinge',
  lambda_l1: float = 1.0,
  lambda_l2: float = 0.0,
  lambda_adv: float = 0.01,
  lambda_pef: float = 0.001,
) -> Method:
  """AdaIN.

  Args:
    gen: nets/adain; its `out_channels` is set here.
    disc: a discriminator of colours, as nets/hint_disc.
    gan: a name of losses/gan.
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
      'variance': channel_variance(out['fake']),
    }
    loss = lambda_l1 * metrics['l1'] + lambda_l2 * metrics['l2'] + lambda_adv * metrics['adv']
    return loss - lambda_pef * metrics['variance'], (v, metrics)

  def colorize(v, batch, key=None):
    return from_unit(jnp.tanh(gen.infer(v, batch['line'], references.of(batch))))

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
