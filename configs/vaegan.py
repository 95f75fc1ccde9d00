"""A VAE inside a GAN (Larsen et al. 2016) on line art: several colourings of one drawing.

    python -m onepunch_jax.main --config=configs/vaegan.py --workdir=runs/vaegan
    python -m onepunch_jax.main --config=configs/vaegan.py:laptop --workdir=runs/vaegan

colorizing_things planned it and coded only its loss. Nets and the three simultaneous players are
Larsen's; that the decoder is a U-Net which sees the page beside the code is our choice, and so are
the weights (its released ones are for 64 px faces).
`colorize` paints with the code 0; batch['sample'] = 1, 2, ... paints others, and evals/diversity
measures them: on data whose line art has several colourings (`evaluate --data=PATH`, rows with
"colors"), how near they come to each. Losses by name: --config.method.gan=lsgan|hinge, for WGAN-GP
gan=wgan with .lambda_gp=10.
`:laptop` (64 px) takes about 8 minutes on two CPU cores.
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg)
  config = common.base()
  config.method = dict(
    name='vaegan',
    enc=dict(
      name='vae_enc', latent=16, width=64, layers=3, hidden=2048, norm='batch', dtype='float32'
    ),
    dec=dict(
      name='unet', width=64, depth=7, norm='instance', dropout=0.0, dtype='float32', remat=False
    ),
    disc=dict(
      name='patchgan',
      width=32,
      layers=3,
      norm='instance',
      spectral=False,
      scales=1,
      dtype='float32',
    ),
    space='rgb',
    gan='vanilla',
    depth=-1,
    lambda_kl=0.01,
    lambda_like=1.0,
    lambda_pixel=10.0,
    augment=0.0,
    lambda_gp=0.0,
  )
  adam = dict(name='adam', lr=2e-4, b1=0.5, b2=0.999, schedule='linear', decay_from=0.5)
  config.optim = dict(enc=adam, dec=dict(adam), disc=dict(adam))
  config.steps = 100_000
  config.batch_size = 16
  config.data.update(dict(size=128, load_size=136))
  config.prepare = dict(order=('crop', 'flip'), crop=dict(size=128), flip=dict(probability=0.5))
  config.evals.diversity = dict(samples=4, pictures=300)

  if chosen['laptop']:
    config.method.enc.update(dict(latent=8, width=16, hidden=128))
    # its innermost maps are 1 x 1, which instance norm makes one pattern at one place; and codes of
    # pictures near those of the prior, so that the code 0 has learned from pixels too
    config.method.dec.update(dict(width=16, depth=6, norm='group'))
    config.method.update(dict(lambda_kl=0.1, lambda_like=3.0))
    config.method.disc.update(dict(width=16, layers=2))
    for player in ('enc', 'dec', 'disc'):
      config.optim[player].lr = 5e-4
    common.laptop(config, batch_size=8, steps=3000)
  if chosen['smoke']:
    config.method.enc.update(dict(latent=4, width=4, layers=2, hidden=16))
    config.method.dec.update(dict(width=4, depth=3))
    config.method.disc.update(dict(width=4, layers=1))
    config.evals.diversity.update(dict(samples=2, pictures=2))
  common.apply(config, chosen)
  return config
