"""colorizing_things' adversarial autoencoder in Lab: E codes the page, G paints ab, D judges Lab.

    z = E(x),  y' = G(z)
    D: max  E log D(y) + E log(1 - D(y'))          or another loss by name
    G: min  -E log D(y')  + lambda_pixel E (y' - y)^2
    E: min  E (y' - y)^2                           through G, which stays as it is

one after the other.  On grey pages G paints ab and L is the page's; on line art it paints L too,
and the ink is multiplied on top.  `augment` shows D also what G makes of codes between two pages.
"""

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, fold_in
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses import latent
from onepunch_jax.losses import penalty as penalties
from onepunch_jax.losses.pixel import l2
from onepunch_jax.ops import output_space

GUIDES = ('sample',)  # which of several colourings


def make(
  *,
  enc,
  dec,
  disc,
  space='lab',
  gan='vanilla',
  lambda_pixel=0.0,
  augment=0.0,
  spread=0.3,
  lambda_gp=0.0,
  lambda_drift=0.0,
  n_critic=1,
) -> Method:
  """The autoencoder.

  Args:
    enc, dec, disc: config sections of the nets; the decoder's `out_channels` is set here.
    space: 'lab' for line art, 'ab' for grey pages.
    gan: a name of losses/gan.py.
    lambda_pixel: weight of the pixel loss in G, which has none in the public code.
    augment: how far codes are mixed, as a share of the way to the next page; 0 mixes none.
    spread: deviation, over that of the code itself, of further colourings of a page.
    lambda_gp, lambda_drift, n_critic: of WGAN-GP (10, 1e-3, 5), with gan='wgan'.
  """
  if space not in ('lab', 'ab'):
    raise ValueError(f"The autoencoder paints 'lab' or 'ab', not {space!r}.")
  adversary = gans.make(gan)
  enc = Net('enc', registry.net(enc))
  dec = Net(
    'dec',
    registry.net({**dec, 'out_channels': output_space.CHANNELS[space]}),
  )
  disc = Net('disc', registry.net(disc))

  penalise = penalties.make(disc.module, gp=lambda_gp, drift=lambda_drift)

  def painted(raw, line):
    """Three channels of Lab: with the page's L, or with the ink on top."""
    if space == 'ab':
      return output_space.whole(jnp.tanh(raw), line, space)
    paper, fake = 0.5 + 0.5 * line, jnp.tanh(raw)
    return jnp.concatenate([(fake[..., :1] + 1) * paper - 1, fake[..., 1:] * paper], -1)

  real = lambda batch: output_space.target(batch['rgb'], 'lab')

  def forward(v, batch, key):
    z, v = enc(v, batch['line'], key=key)
    raw, v = dec(v, z, key=key)
    out = {'fake': painted(raw, batch['line'])}
    if augment:
      raw, v = dec(v, latent.mix(z, augment, fold_in(key, 'mix')), key=key)
      out['between'] = painted(raw, batch['line'])
    return out, v

  def d_loss(v, out, batch, key, step):
    of_real, v = gans.judge(disc, v, real(batch))
    metrics = {}
    for name, fake in out.items():
      of_fake, v = gans.judge(disc, v, fake)
      metrics[name] = adversary.d(of_real.logits, of_fake.logits)
    loss = sum(metrics.values()) / len(out)
    critic = lambda x: gans.judge(disc, v, x)[0].logits
    penalty, terms = penalise(critic, real(batch), out['fake'], of_real.logits, fold_in(key, 'gp'))
    return loss + penalty, (v, {**metrics, **terms})

  def g_loss(v, out, batch, key, step):
    advs = []
    for fake in out.values():
      of_fake, v = gans.judge(disc, v, fake)
      advs.append(adversary.g(of_fake.logits))
    pixel = l2(out['fake'], real(batch))
    return sum(advs) / len(advs) + lambda_pixel * pixel, (v, {'adv': advs[0], 'pixel': pixel})

  def e_loss(v, out, batch, key, step):
    return l2(out['fake'], real(batch)), (v, {})

  def colorize(v, batch, key=None):
    z = enc.infer(v, batch['line'])
    if 'sample' in batch:  # further colourings of the same page
      z += spread * jnp.std(z) * latent.draw(key, batch['sample'], z.shape[1:])
    return output_space.to_rgb(painted(dec.infer(v, z), batch['line']), batch['line'], 'lab')

  return Method(
    nets=(enc, dec, disc),
    forward=forward,
    turns=(
      (Player('d', ('disc',), d_loss),),
      (Player('g', ('dec',), g_loss, n_critic),),
      (Player('e', ('enc',), e_loss, n_critic),),
    ),
    colorize=colorize,
    exports=('enc', 'dec'),
    train_inputs=('line', 'rgb'),
    optional_inputs=GUIDES,
    multiple=enc.module.multiple,
  )
