"""Stage 2 of pix2pixHD: the local enhancer round the generator of stage 1, at twice its size.

    python -m onepunch_jax.main --config=configs/pix2pixhd_2.py --workdir=runs/hd2 \
        --config.init_from.workdir=runs/hd1

Give the options of stage 1 (`:laptop` to `:laptop`, `:zoo` to `:zoo,size=32`); data.size is that
of the finished picture.
Without init_from everything starts from scratch. The global generator stands still for the first
tenth of the steps (SerialLain3170: 25 epochs of 2000 pictures at batch 4-16), then both learn.
The discriminator starts afresh, since it sees another scale.
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common, pix2pixhd


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg)
  config = pix2pixhd.get_config(arg)
  inner = config.method.gen
  config.method.enhancer = dict(
    name='pix2pixhd',
    width=inner.width // 2,
    down=1,
    blocks=min(3, inner.blocks),
    norm='instance',
    dtype='float32',
    remat=False,
  )
  config.method.disc.scales = 3
  if chosen['laptop']:
    config.method.lambda_adv = 1 / 3  # as in stage 1
  config.optim.e = dict(config.optim.g)
  config.init_from.nets = dict(gen='gen')
  config.method.freeze = config.steps // 10
  if not chosen['smoke'] and not chosen['zoo'] and 'size' not in chosen:
    config.data.update(dict(size=2 * config.data.size, load_size=2 * config.data.load_size))
    config.prepare.crop.size = config.data.size
  return config
