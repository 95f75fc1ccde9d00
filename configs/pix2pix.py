"""pix2pix (Isola et al. 2017) at the paper's setting: U-Net-256, 70x70 PatchGAN, batch 1.

    python -m onepunch_jax.main --config=configs/pix2pix.py --workdir=runs/pix2pix
    python -m onepunch_jax.main --config=configs/pix2pix.py:laptop --workdir=runs/pix2pix

`:laptop` (64 px) takes about nine minutes on two CPU cores.
The answer's space is --config.method.space=rgb|lab|ab ('ab' keeps the input's own L), the loss
--config.method.gan=vanilla|lsgan|hinge|wgan.
"""

import math

from ml_collections import ConfigDict

from onepunch_jax.configs import common


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg)
  config = common.base()
  config.method = dict(
    name='pix2pix',
    gen=dict(
      name='unet', width=64, depth=8, norm='instance', dropout=0.5, dtype='float32', remat=False
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
    lambda_l1=100.0,
    lambda_l2=0.0,
    lambda_gp=0.0,
    lambda_r1=0.0,
    lambda_r2=0.0,
    lambda_drift=0.0,
    n_critic=1,
  )
  adam = dict(name='adam', lr=2e-4, b1=0.5, b2=0.999, schedule='linear', decay_from=0.5)
  config.optim = dict(d=adam, g=dict(adam))
  config.steps = 200_000
  config.data.load_size = 286  # jitter: drawn at 286, a random 256 cut out
  config.prepare = dict(order=('crop', 'flip'), crop=dict(size=256), flip=dict(probability=0.5))

  if chosen['laptop']:
    config.method.gen.update(dict(width=32, depth=6, norm='group', dropout=0.0))
    config.method.disc.update(dict(width=24, layers=2))
    config.method.lambda_l2 = 3000.0  # so few steps learn the mean colour first
    config.optim.g.lr = 2e-3
    common.laptop(config, count=6144, eval_every=1000)
  if chosen['smoke']:
    config.method.gen.update(dict(width=8, depth=5))
    config.method.disc.update(dict(width=8, layers=1))
  common.apply(config, chosen)
  config.method.gen.depth = min(config.method.gen.depth, int(math.log2(config.data.size)))
  return config
