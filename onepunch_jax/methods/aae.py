"""The adversarial autoencoder of colorizing_things, in Lab: E encodes the page, G decodes colours.

    z = E(x),  y' = G(z)
    D: max  E log D(y) + E log(1 - D(y'))          or another loss by name
    G: min  -E log D(y')  + lambda_pixel E (y' - y)^2
    E: min  E (y' - y)^2                           through G, which it does not update

in this order. On grey pages G predicts ab and L is the page's; on line art it predicts L too, and
the ink is multiplied onto the result. With `augment`, D also judges what G makes of codes between
two pages.
"""

from typing import Literal

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section, fold_in
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses import latent
from onepunch_jax.losses import penalty as penalties
from onepunch_jax.losses.pixel import l2
from onepunch_jax.ops import output_space
from onepunch_jax.ops.color import from_unit

GUIDES = ('sample',)  # which of several colourings


def make(
  *,
  enc: Section,
  dec: Section,
  disc: Section,
  space: Literal['lab', 'ab'] = 'lab',
  gan: gans.Name = 'vanilla',
  lambda_pixel: float = 0.0,
  augment: float = 0.0,
  sample_std: float = 0.3,
  lambda_gp: float = 0.0,
  lambda_drift: float = 0.0,
  n_critic: int = 1,
) -> Method:
  """The adversarial autoencoder.

  Args:
    enc, dec, disc: the nets; the decoder's `out_channels` is set here.
    space: 'lab' for line art, 'ab' for grey pages.
    gan: a name of losses/gan.
    lambda_pixel: weight of the pixel loss in G, which has none in the public code.
    augment: codes are mixed by a weight of up to this towards the next page's; 0 mixes none.
    sample_std: standard deviation of the noise of further colourings, relative to the code's own.
    lambda_gp, lambda_drift, n_critic: of WGAN-GP (10, 1e-3, 5), with gan='wgan'.
  """
  if space not in ('lab', 'ab'):
    raise ValueError(f"The autoencoder predicts 'lab' or 'ab', not {space!r}.")
  adversary = gans.make(gan)
  enc = Net('enc', registry.net(enc))
  dec = Net('dec', registry.net({**dec, 'out_channels': output_space.CHANNELS[space]}))
  disc = Net('disc', registry.net(disc))
  penalise = penalties.make(disc.module, gp=lambda_gp, drift=lambda_drift)

  def to_lab(raw, line):
    """Three channels of Lab in [-1, 1]: with the page's L, or with the ink multiplied onto them."""
    fake = jnp.tanh(raw)
    if space == 'ab':
      return output_space.whole(fake, line, space)
    light = from_unit(line)
    return jnp.concatenate([(fake[..., :1] + 1) * light - 1, fake[..., 1:] * light], -1)

  def target(batch):
    return output_space.target(batch['rgb'], 'lab')

  def forward(v, batch, key):
    z, v = enc(v, batch['line'], key=key)
    raw, v = dec(v, z, key=key)
    out = {'fake': to_lab(raw, batch['line'])}
    if augment:
      raw, v = dec(v, latent.mix(z, augment, fold_in(key, 'mix')), key=key)
      out['between'] = to_lab(raw, batch['line'])
    return out, v

  def d_loss(v, out, batch, key, step):
    real = target(batch)
    of_real, v = gans.judge(disc, v, real)
    metrics = {}
    for name, fake in out.items():
      of_fake, v = gans.judge(disc, v, fake)
      metrics[name] = adversary.d(of_real.logits, of_fake.logits)
    loss = sum(metrics.values()) / len(out)

    def critic(x):
      return gans.judge(disc, v, x)[0].logits

    penalty, terms = penalise(critic, real, out['fake'], of_real.logits, fold_in(key, 'gp'))
    return loss + penalty, (v, {**metrics, **terms})

  def g_loss(v, out, batch, key, step):
    advs = []
    for fake in out.values():
      of_fake, v = gans.judge(disc, v, fake)
      advs.append(adversary.g(of_fake.logits))
    pixel = l2(out['fake'], target(batch))
    return sum(advs) / len(advs) + lambda_pixel * pixel, (v, {'adv': advs[0], 'pixel': pixel})

  def e_loss(v, out, batch, key, step):
    return l2(out['fake'], target(batch)), (v, {})

  def colorize(v, batch, key=None):
    z = enc.infer(v, batch['line'])
    if 'sample' in batch:
      z += sample_std * jnp.std(z) * latent.draw(key, batch['sample'], z.shape[1:])
    return output_space.to_rgb(to_lab(dec.infer(v, z), batch['line']), batch['line'], 'lab')

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
