"""pix2pix-gp (SerialLain3170): pix2pix with zero-centred penalties on real and fake, L1 x 10.

    python -m onepunch_jax.main --config=configs/pix2pix_gp.py --workdir=runs/pix2pix_gp
    python -m onepunch_jax.main --config=configs/pix2pix_gp.py:laptop --workdir=runs/pix2pix_gp
    python -m onepunch_jax.main --config=configs/pix2pix_gp.py:wgan --workdir=runs/pix2pix_wgan

`:wgan` is WGAN-GP instead: penalty 10, drift 1e-3, five steps of the critic for one of the
generator. The published numbers: 128 px, batch 16, Adam 2e-4 (0.5, 0.999), weight decay 1e-5,
both penalties 10. Ours: U-Net and PatchGAN of pix2pix with instance norm, since the published
discriminator has batch norm, through which a penalty per picture means nothing; ours sees the line
art too (theirs the colours alone), and its loss is halved, so that penalties weigh double.
"""

import math

from ml_collections import ConfigDict

from onepunch_jax.configs import common

OPTIONS = {
  'wgan': 'WGAN-GP: penalty 10, drift 1e-3, five critic steps for one of the generator',
}


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg, OPTIONS)
  config = common.base()
  config.method = dict(
    name='pix2pix_gp',
    gen=dict(
      name='unet', width=64, depth=7, norm='instance', dropout=0.5, dtype='float32', remat=False
    ),
    disc=dict(
      name='patchgan',
      width=64,
      layers=3,
      norm='instance',
      spectral=False,
      scales=1,
      dtype='float32',
    ),
    space='rgb',
    gan='vanilla',
    lambda_l1=10.0,
    lambda_gp=0.0,
    lambda_r1=10.0,
    lambda_r2=10.0,
    lambda_drift=0.0,
    n_critic=1,
  )
  adam = dict(name='adam', lr=2e-4, b1=0.5, b2=0.999, weight_decay=1e-5)
  config.optim = dict(d=adam, g=dict(adam))
  config.update(dict(steps=200_000, batch_size=16))
  config.data.update(dict(size=128, load_size=144))
  config.prepare = dict(order=('crop', 'flip'), crop=dict(size=128), flip=dict(probability=0.5))
  if chosen['wgan']:
    config.method.update(
      dict(gan='wgan', lambda_gp=10.0, lambda_r1=0.0, lambda_r2=0.0, lambda_drift=1e-3, n_critic=5)
    )
    config.optim.update(dict(d=dict(adam, lr=1e-4, b2=0.9), g=dict(adam, lr=1e-4, b2=0.9)))

  if chosen['laptop']:
    config.method.gen.width = config.method.disc.width = 32
    config.method.disc.layers = 2
    common.laptop(config, size=128, load_size=136, batch_size=8)
  if chosen['smoke']:
    config.method.gen.update(dict(width=8, depth=3))
    config.method.disc.update(dict(width=8, layers=1))
  common.apply(config, chosen)
  config.method.gen.depth = min(config.method.gen.depth, int(math.log2(config.data.size)))
  return config
