"""pix2pixHD (Wang et al. 2018) in two stages, as its code has them: LSGAN, FM x 10, VGG x 10.

    python -m onepunch_jax.main --config=configs/pix2pixhd.py --workdir=runs/hd1
    python -m onepunch_jax.main --config=configs/pix2pixhd_2.py --workdir=runs/hd2 \
        --config.init_from.workdir=runs/hd1

This is stage 1: the global generator. The VGG term needs --config.method.vgg_weights=PATH, a
VGG-19 of torchvision (.pth, .safetensors), or the run of a tagger with the same `vgg` section; it
is off without. `:laptop` (64 px, then stage 2 at 128 px) halves every width and keeps four blocks.
SerialLain3170 adds an L1 of weight 10: --config.method.lambda_l1=10.
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg)
  config = common.base()
  config.method = dict(
    name='pix2pixhd',
    gen=dict(
      name='pix2pixhd', width=64, down=4, blocks=9, norm='instance', dtype='float32', remat=False
    ),
    enhancer=None,
    disc=dict(
      name='patchgan',
      width=64,
      layers=3,
      norm='instance',
      spectral=False,
      scales=2,
      padding=2,
      dtype='float32',
    ),
    vgg=dict(name='vgg', depth=19, width=64, dtype='float32'),
    vgg_weights='',
    gan='lsgan',
    lambda_adv=1.0,
    lambda_fm=10.0,
    lambda_vgg=10.0,
    lambda_l1=0.0,
    lambda_gp=0.0,
    lambda_r1=0.0,
    lambda_r2=0.0,
    lambda_drift=0.0,
    freeze=0,
  )
  adam = dict(name='adam', lr=2e-4, b1=0.5, b2=0.999, schedule='linear', decay_from=0.5)
  config.optim = dict(d=adam, g=dict(adam))
  config.steps = 200_000
  config.data.update(dict(size=256, load_size=286))
  config.prepare = dict(order=('crop', 'flip'), crop=dict(size=256), flip=dict(probability=0.5))

  if chosen['laptop']:
    config.method.gen.update(dict(width=32, down=3, blocks=4))
    config.method.disc.update(dict(width=32, layers=2))
    config.method.lambda_l1 = 10.0
    config.method.lambda_adv = 0.5  # a mean over scales: in so few steps it is noise
    common.laptop(config, batch_size=8, steps=1500)
  if chosen['smoke']:
    config.method.gen.update(dict(width=4, down=2, blocks=1))
    config.method.disc.update(dict(width=4, layers=1))
    config.method.vgg.width = 4
  common.apply(config, chosen)
  return config
