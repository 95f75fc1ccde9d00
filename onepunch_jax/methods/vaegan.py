"""A VAE inside a GAN (Larsen et al. 2016), given line art: several colourings of one drawing.

    z ~ E(x, y),  y' = G(x, z),  y'' = G(x, z_p) with z_p ~ N(0, 1);  D_l are features of D
    E: min  lambda_kl KL(z || N(0, 1)) + like
    G: min  lambda_like like + adversarial loss of y' and y''
    D: tells y from y' and y''
    like = E (D_l(y') - D_l(y))^2 + lambda_pixel E |y' - y|

all three at once. x is the line art (or a grey page), y its colours. Larsen's decoder sees z alone;
this one also sees the page, since the colours must fit it, and z only has to choose among them.
"""

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section, fold_in
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses import latent
from onepunch_jax.losses import penalty as penalties
from onepunch_jax.losses.pixel import l1, l2
from onepunch_jax.ops import output_space

GUIDES = ('sample',)  # which of several colourings


def make(
  *,
  enc: Section,
  dec: Section,
  disc: Section,
  space: output_space.Space = 'rgb',
  gan: gans.Name = 'vanilla',
  depth: int = -1,
  lambda_kl: float = 0.01,
  lambda_like: float = 1.0,
  lambda_pixel: float = 10.0,
  augment: float = 0.0,
  lambda_gp: float = 0.0,
) -> Method:
  """The VAE/GAN.

  Args:
    enc, dec, disc: the nets; the decoder's `out_channels` is set here.
    space: 'rgb', 'lab', or 'ab' for grey pages.
    gan: a name of losses/gan.
    depth: which layer of the discriminator measures likeness (-1: the last before the logits).
    lambda_kl, lambda_like, lambda_pixel: weights of the prior, of the likeness in the decoder, and
      of pixels within the likeness.
    augment: codes are mixed for one more fake by a weight of up to this towards the next image's.
    lambda_gp: weight of the WGAN-GP penalty (10), with gan='wgan'.
  """
  output_space.check(space)
  adversary = gans.make(gan)
  enc = Net('enc', registry.net(enc))
  dec = Net('dec', registry.net({**dec, 'out_channels': output_space.CHANNELS[space]}))
  disc = Net('disc', registry.net(disc))
  width = enc.module.latent
  penalise = penalties.make(disc.module, gp=lambda_gp)

  def dec_input(line, z):
    """The page and the code, repeated at every place, as channels of one image."""
    places = jnp.broadcast_to(z[:, None, None], (*line.shape[:3], width))
    return jnp.concatenate([line, places], -1)

  def target(batch):
    return output_space.target(batch['rgb'], space)

  def judge(v, prediction, batch):
    """The discriminator's judgement of a prediction, completed to three channels."""
    return gans.judge(disc, v, output_space.whole(prediction, batch['line'], space))

  def fakes(out):
    return {name: x for name, x in out.items() if name not in ('mu', 'logvar')}

  def forward(v, batch, key):
    (mu, logvar), v = enc(v, batch['line'], target(batch), key=key)
    z = latent.reparametrize(mu, logvar, fold_in(key, 'z'))
    codes = {'fake': z, 'drawn': jax.random.normal(fold_in(key, 'prior'), z.shape)}
    if augment:
      codes['between'] = latent.mix(z, augment, fold_in(key, 'mix'))
    out = {'mu': mu, 'logvar': logvar}
    for name, code in codes.items():
      raw, v = dec(v, dec_input(batch['line'], code), key=fold_in(key, name))
      out[name] = jnp.tanh(raw)
    return out, v

  def likeness(v, out, batch):
    of_real, v = judge(v, target(batch), batch)
    of_fake, v = judge(v, out['fake'], batch)
    fake_map, real_map = of_fake.features[0][depth], of_real.features[0][depth]
    return l2(fake_map, real_map) + lambda_pixel * l1(out['fake'], target(batch)), v

  def enc_loss(v, out, batch, key, step):
    like, v = likeness(v, out, batch)
    kl = latent.kl(out['mu'], out['logvar'])
    return lambda_kl * kl + like, (v, {'kl': kl, 'like': like})

  def dec_loss(v, out, batch, key, step):
    like, v = likeness(v, out, batch)
    metrics = {}
    for name, fake in fakes(out).items():
      of_fake, v = judge(v, fake, batch)
      metrics[f'adv_{name}'] = adversary.g(of_fake.logits)
    return lambda_like * like + sum(metrics.values()) / len(metrics), (v, metrics)

  def disc_loss(v, out, batch, key, step):
    of_real, v = judge(v, target(batch), batch)
    metrics = {}
    for name, fake in fakes(out).items():
      of_fake, v = judge(v, fake, batch)
      metrics[name] = adversary.d(of_real.logits, of_fake.logits)
    loss = sum(metrics.values()) / len(metrics)

    def critic(x):
      return gans.judge(disc, v, x)[0].logits

    real, fake = (output_space.whole(x, batch['line'], space) for x in (target(batch), out['fake']))
    penalty, terms = penalise(critic, real, fake, of_real.logits, fold_in(key, 'gp'))
    return loss + penalty, (v, {**metrics, **terms})

  def colorize(v, batch, key=None):
    z = jnp.zeros((len(batch['line']), width))  # the likeliest code
    if 'sample' in batch:
      z = latent.draw(key, batch['sample'], (width,))
    raw = dec.infer(v, dec_input(batch['line'], z))
    return output_space.to_rgb(jnp.tanh(raw), batch['line'], space)

  together = (
    Player('enc', ('enc',), enc_loss),
    Player('dec', ('dec',), dec_loss),
    Player('disc', ('disc',), disc_loss),
  )
  return Method(
    nets=(enc, dec, disc),
    forward=forward,
    turns=(together,),
    colorize=colorize,
    exports=('dec',),
    train_inputs=('line', 'rgb'),
    optional_inputs=GUIDES,
    multiple=dec.module.multiple,
  )
