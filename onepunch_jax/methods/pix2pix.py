"""pix2pix (Isola et al. 2017): a conditional GAN with an L1 term.

    D: max  E log D(x, y) + E log(1 - D(x, G(x)))          halved, which slows D against G
    G: min  -E log D(x, G(x)) + lambda_l1 E |y - G(x)|     eq. 4, non-saturating

x is the line art (or a grey page), y the colours: sRGB, or Lab with L predicted or kept.  Penalties
on D's gradient (losses/penalty.py) are options here; methods/pix2pix_gp.py has them on.
"""

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, fold_in
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses import penalty
from onepunch_jax.losses.pixel import l1, l2
from onepunch_jax.ops import color

SPACES = {'rgb': 3, 'lab': 3, 'ab': 2}  # what the generator answers with -> channels


def make(
  *,
  gen,
  disc,
  space='rgb',
  gan='vanilla',
  lambda_l1=100.0,
  lambda_l2=0.0,
  lambda_gp=0.0,
  lambda_r1=0.0,
  lambda_r2=0.0,
  lambda_drift=0.0,
  n_critic=1,
) -> Method:
  """pix2pix.

  Args:
    gen, disc: config sections of the nets; the generator's `out_channels` is set here.
    space: 'rgb'; 'lab' (L predicted too); 'ab' (L is the input's own, as for grey pages).
    gan: a name of losses/gan.py.
    lambda_l1: weight of the L1 term, which asks for the likeliest colour.
    lambda_l2: weight of a squared term, which asks for the mean: for runs of minutes.
    lambda_gp, lambda_r1, lambda_r2, lambda_drift: weights of penalties on the discriminator.
    n_critic: steps of the discriminator for one of the generator.
  """
  if space not in SPACES:
    raise ValueError(f'pix2pix answers in {sorted(SPACES)}, not in {space!r}.')
  adversary = gans.make(gan)
  gen = Net('gen', registry.net({**gen, 'out_channels': SPACES[space]}))
  disc = Net('disc', registry.net(disc))
  penalise = penalty.make(disc.module, gp=lambda_gp, r1=lambda_r1, r2=lambda_r2, drift=lambda_drift)

  def target(batch):
    rgb = batch['rgb']
    if space == 'rgb':
      return rgb
    lab = color.lab_to_unit(color.rgb_to_lab(0.5 + 0.5 * rgb))
    return lab if space == 'lab' else lab[..., 1:]

  def forward(v, batch, key):
    raw, v = gen(v, batch['line'], key=key)
    return {'fake': jnp.tanh(raw)}, v

  def d_loss(v, out, batch, key, step):
    line, real, fake = batch['line'], target(batch), out['fake']
    of_real, v = gans.judge(disc, v, line, real)
    of_fake, v = gans.judge(disc, v, line, fake)
    critic = lambda x: gans.judge(disc, v, line, x)[0].logits
    extra, metrics = penalise(critic, real, fake, of_real.logits, fold_in(key, 'gp'))
    return 0.5 * adversary.d(of_real.logits, of_fake.logits) + extra, (v, metrics)

  def g_loss(v, out, batch, key, step):
    of_fake, v = gans.judge(disc, v, batch['line'], out['fake'])
    metrics = {'adv': adversary.g(of_fake.logits), 'l1': l1(out['fake'], target(batch))}
    loss = metrics['adv'] + lambda_l1 * metrics['l1']
    if lambda_l2:
      metrics['l2'] = l2(out['fake'], target(batch))
      loss += lambda_l2 * metrics['l2']
    return loss, (v, metrics)

  def colorize(v, batch, key=None):
    fake = jnp.tanh(gen.infer(v, batch['line']))
    if space == 'rgb':
      return 0.5 + 0.5 * fake
    if space == 'ab':
      grey = jnp.repeat(0.5 + 0.5 * batch['line'], 3, axis=-1)
      lightness = color.lab_to_unit(color.rgb_to_lab(grey))[..., :1]
      fake = jnp.concatenate([lightness, fake], axis=-1)
    return color.lab_to_rgb(color.unit_to_lab(fake))

  return Method(
    nets=(gen, disc),
    forward=forward,
    turns=((Player('d', ('disc',), d_loss),), (Player('g', ('gen',), g_loss, every=n_critic),)),
    colorize=colorize,
    exports=('gen',),
    train_inputs=('line', 'rgb'),
    multiple=gen.module.multiple,
  )
