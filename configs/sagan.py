"""colorizing_things' self-attention GAN: spectral norm, hinge, no pixel loss, two time scales.

    python -m onepunch_jax.main --config=configs/sagan.py --workdir=runs/sagan
    python -m onepunch_jax.main --config=configs/sagan.py:laptop --workdir=runs/sagan

The published numbers: 128 px, batch 9, Adam (0, 0.9), 1e-4 for the generators and 4e-4 for the
discriminator, 200k steps; then a tenth of both and two discriminator steps (--config.init_from).
--config.method.conditional=False is its discriminator, which never sees the line art.
Without its second generator it has no player `s`: a copy of this file with shading=False leaves
out config.optim.s too.
`:laptop` (64 px) takes about 8 minutes on two CPU cores.
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg)
  config = common.base()
  config.method = dict(
    name='sagan',
    gen=dict(name='sagan_unet', width=64, convs=(2, 2, 4, 4, 4), norm='batch', dtype='float32'),
    disc=dict(name='sa_disc', width=64, layers=5, spectral=True, dtype='float32'),
    shade=dict(name='shading', width=16, norm='batch', dtype='float32'),
    shading=True,
    conditional=True,
    gan='hinge',
    lambda_l1=0.0,
    disc_steps=1,
  )
  adam = dict(name='adam', lr=1e-4, b1=0.0, b2=0.9, schedule='constant')
  config.optim = dict(d=dict(adam, lr=4e-4), g=adam, s=dict(adam))
  config.steps = 200_000
  config.batch_size = 9
  config.data.update(dict(size=128, load_size=128))

  if chosen['laptop']:
    config.method.gen.update(dict(width=16, convs=(1, 1, 2, 2)))
    config.method.disc.update(dict(width=24, layers=4))
    common.laptop(config, load_size=64, batch_size=8, steps=4000)
  if chosen['smoke']:
    config.method.gen.update(dict(width=8, convs=(1, 1)))
    config.method.disc.update(dict(width=8, layers=2))
    config.method.shade.width = 4
  common.apply(config, chosen)
  return config
