"""The One-Piece colorizer (vaibhav369 2019): a grey page to RGB by squared error, or with a GAN.

    G: min  lambda_mse E |m (y - G(x))|^2 / E m            m: 1 on the page, 0 on its letter-box
       with `disc`:  + lambda_adv E -log D(x, G(x)),  D as in pix2pix, with white outside the page

x is the grey page (prepare/grey), y its colours. The page keeps its aspect; what pads it to a
square is in no loss, so that its colour is not learned.
"""

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section, fold_in
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses import penalty
from onepunch_jax.ops.color import from_unit


def make(
  *,
  net: Section,
  disc: Section | None = None,
  lambda_mse: float = 1.0,
  gan: gans.Name = 'vanilla',
  lambda_adv: float = 1.0,
  lambda_gp: float = 0.0,
  lambda_r1: float = 0.0,
  lambda_r2: float = 0.0,
  lambda_drift: float = 0.0,
) -> Method:
  """The regression; with a `disc` section the author's announced next step, a conditional GAN.

  Args:
    net: the generator; its `out_channels` is set here.
    disc: the discriminator of pages and colours, or None: squared error alone.
    lambda_mse: weight of the squared error, on sRGB in [0, 1].
    gan, lambda_adv: a name of losses/gan and the weight of the adversarial term.
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

  def letter_boxed(rgb, batch):
    """sRGB in [0, 1] as [-1, 1], with white outside the page."""
    return 1 - batch['mask'] * (2 - 2 * rgb)

  def d_loss(v, out, batch, key, step):
    line, fake = batch['line'], letter_boxed(out['rgb'], batch)
    real = letter_boxed(from_unit(batch['rgb']), batch)
    of_real, v = gans.judge(disc, v, line, real)
    of_fake, v = gans.judge(disc, v, line, fake)

    def critic(x):
      return gans.judge(disc, v, line, x)[0].logits

    extra, metrics = penalise(critic, real, fake, of_real.logits, fold_in(key, 'gp'))
    return 0.5 * adversary.d(of_real.logits, of_fake.logits) + extra, (v, metrics)

  def g_loss(v, out, batch, key, step):
    error = batch['mask'] * (out['rgb'] - from_unit(batch['rgb'])) ** 2
    metrics = {'mse': jnp.sum(error) / (3 * jnp.maximum(jnp.sum(batch['mask']), 1))}
    loss = lambda_mse * metrics['mse']
    if disc:
      of_fake, v = gans.judge(disc, v, batch['line'], letter_boxed(out['rgb'], batch))
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
