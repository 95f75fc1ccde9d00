"""pix2pix (Isola et al. 2017): a conditional GAN with an L1 term.

    D: max  E log D(x, y) + E log(1 - D(x, G(x)))          halved, which slows D relative to G
    G: min  -E log D(x, G(x)) + lambda_l1 E |y - G(x)|     eq. 4, non-saturating

x is the line art (or a grey page), y its colours: sRGB, or Lab with L predicted or kept. Penalties
on the gradient of D (losses/penalty.py) are options here; methods/pix2pix_gp.py turns them on.
"""

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section, fold_in
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses import penalty
from onepunch_jax.losses.pixel import l1, l2
from onepunch_jax.ops import output_space


def make(
  *,
  gen: Section,
  disc: Section,
  space: output_space.Space = 'rgb',
  gan: gans.Name = 'vanilla',
  lambda_l1: float = 100.0,
  lambda_l2: float = 0.0,
  lambda_gp: float = 0.0,
  lambda_r1: float = 0.0,
  lambda_r2: float = 0.0,
  lambda_drift: float = 0.0,
  n_critic: int = 1,
) -> Method:
  """pix2pix.

  Args:
    gen: the generator; its `out_channels` is set here.
    disc: the discriminator of line art and colours.
    space: 'rgb'; 'lab' (L is predicted too); 'ab' (L is the input's, for grey pages).
    gan: a name of losses/gan.
    lambda_l1: weight of the L1 term, whose optimum is the median colour.
    lambda_l2: weight of a squared term, whose optimum is the mean: for runs of minutes.
    lambda_gp, lambda_r1, lambda_r2, lambda_drift: weights of penalties on the discriminator.
    n_critic: steps of the discriminator for each step of the generator.
  """
  output_space.check(space)
  adversary = gans.make(gan)
  gen = Net('gen', registry.net({**gen, 'out_channels': output_space.CHANNELS[space]}))
  disc = Net('disc', registry.net(disc))
  penalise = penalty.make(disc.module, gp=lambda_gp, r1=lambda_r1, r2=lambda_r2, drift=lambda_drift)

  def forward(v, batch, key):
    raw, v = gen(v, batch['line'], key=key)
    return {'fake': jnp.tanh(raw)}, v

  def d_loss(v, out, batch, key, step):
    line, real, fake = batch['line'], output_space.target(batch['rgb'], space), out['fake']
    of_real, v = gans.judge(disc, v, line, real)
    of_fake, v = gans.judge(disc, v, line, fake)

    def critic(x):
      return gans.judge(disc, v, line, x)[0].logits

    extra, metrics = penalise(critic, real, fake, of_real.logits, fold_in(key, 'gp'))
    return 0.5 * adversary.d(of_real.logits, of_fake.logits) + extra, (v, metrics)

  def g_loss(v, out, batch, key, step):
    target = output_space.target(batch['rgb'], space)
    of_fake, v = gans.judge(disc, v, batch['line'], out['fake'])
    metrics = {'adv': adversary.g(of_fake.logits), 'l1': l1(out['fake'], target)}
    loss = metrics['adv'] + lambda_l1 * metrics['l1']
    if lambda_l2:
      metrics['l2'] = l2(out['fake'], target)
      loss += lambda_l2 * metrics['l2']
    return loss, (v, metrics)

  def colorize(v, batch, key=None):
    fake = jnp.tanh(gen.infer(v, batch['line']))
    return output_space.to_rgb(fake, batch['line'], space)

  return Method(
    nets=(gen, disc),
    forward=forward,
    turns=((Player('d', ('disc',), d_loss),), (Player('g', ('gen',), g_loss, every=n_critic),)),
    colorize=colorize,
    exports=('gen',),
    train_inputs=('line', 'rgb'),
    multiple=gen.module.multiple,
  )
