"""The One-Piece colorizer (vaibhav369 2019): a grey page to RGB by MSE; and with a GAN.

    G: min  lambda_mse E |m (y - G(x))|^2 / E m            m: 1 on the page, 0 on its letter-box
       with `disc`:  + E -log D(x, G(x)),  D as in pix2pix, seeing white outside the page

x is the grey page (prepare/grey), y its colours.  The page keeps its aspect; what pads it to a
square is in no loss, so that it is not learned as a colour.
"""

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, fold_in
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses import penalty


def make(
  *,
  net,
  disc=None,
  lambda_mse=1.0,
  gan='vanilla',
  lambda_adv=1.0,
  lambda_gp=0.0,
  lambda_r1=0.0,
  lambda_r2=0.0,
  lambda_drift=0.0,
) -> Method:
  """The regression; with a `disc` section the author's stated next step, a conditional GAN.

  Args:
    net: the generator.
    disc: the discriminator, or None: MSE alone.
    lambda_mse: weight of the squared error, on sRGB in [0, 1].
    gan, lambda_adv: a name of losses/gan.py and the weight of the adversarial term.
    lambda_gp, lambda_r1, lambda_r2, lambda_drift: weights of penalties on the discriminator.
  """
  net = Net('net', registry.net({**net, 'out_channels': 3}))
  if disc:
    adversary = gans.make(gan)
    disc = Net('disc', registry.net(disc))
    penalise = penalty.make(
      disc.module, gp=lambda_gp, r1=lambda_r1, r2=lambda_r2, drift=lambda_drift
    )

  def forward(v, batch, key):
    raw, v = net(v, batch['line'], key=key)
    return {'rgb': jax.nn.sigmoid(raw)}, v

  def on_page(rgb, batch):
    """sRGB with the letter-box white, in [-1, 1]."""
    return 1 - batch['mask'] * (2 - 2 * rgb)

  def d_loss(v, out, batch, key, step):
    line, real, fake = batch['line'], on_page(_rgb(batch), batch), on_page(out['rgb'], batch)
    of_real, v = gans.judge(disc, v, line, real)
    of_fake, v = gans.judge(disc, v, line, fake)
    critic = lambda x: gans.judge(disc, v, line, x)[0].logits
    extra, metrics = penalise(critic, real, fake, of_real.logits, fold_in(key, 'gp'))
    return 0.5 * adversary.d(of_real.logits, of_fake.logits) + extra, (v, metrics)

  def g_loss(v, out, batch, key, step):
    error = batch['mask'] * (out['rgb'] - _rgb(batch)) ** 2
    metrics = {'mse': jnp.sum(error) / (3 * jnp.maximum(jnp.sum(batch['mask']), 1))}
    loss = lambda_mse * metrics['mse']
    if disc:
      of_fake, v = gans.judge(disc, v, batch['line'], on_page(out['rgb'], batch))
      metrics['adv'] = adversary.g(of_fake.logits)
      loss += lambda_adv * metrics['adv']
    return loss, (v, metrics)

  def colorize(v, batch, key=None):
    rgb = jax.nn.sigmoid(net.infer(v, batch['line']))
    return 1 - batch['mask'] * (1 - rgb) if 'mask' in batch else rgb

  d, g = Player('d', ('disc',), d_loss), Player('g', ('net',), g_loss)
  return Method(
    nets=(net, disc) if disc else (net,),
    forward=forward,
    turns=((d,), (g,)) if disc else ((g,),),
    colorize=colorize,
    exports=('net',),
    train_inputs=('line', 'rgb', 'mask'),
    multiple=net.module.multiple,
  )


def _rgb(batch):
  return 0.5 + 0.5 * batch['rgb']
