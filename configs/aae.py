"""colorizing_things' adversarial autoencoder in Lab: a VGG-16-shaped encoder, a DCGAN decoder.

    python -m onepunch_jax.main --config=configs/aae.py --workdir=runs/aae
    python -m onepunch_jax.main --config=configs/aae.py:laptop --workdir=runs/aae

128 px, z of 128, Adam 1e-4 (0.5, 0.999) with weight decay 1e-4, batch 32 are settings of different
commits of the public code (nets: Afanc 3146ed5), whose last one has WGAN-GP and shows the
discriminator ab alone. It coloured grey photographs, --config.method.space=ab; line art has no L to
keep, so here L is painted too and the ink put on top. The public decoder learns only from the
discriminator, --config.method.lambda_pixel=0; our default adds the encoder's own pixel loss to it.
Other losses by name: --config.method.gan=lsgan|hinge; for WGAN-GP --config.method.gan=wgan with
.lambda_gp=10 .lambda_drift=0.001 .n_critic=5 .disc.norm=instance. Several colourings of one page:
batch['sample'] (data/batch.py). All detail passes through z: pictures are soft, by construction.
`:laptop` (64 px) takes about 6 minutes on two CPU cores.
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg)
  config = common.base()
  config.method = dict(
    name='aae',
    enc=dict(
      name='aae_enc', latent=128, width=64, convs=(2, 2, 3, 3, 3), norm='batch', dtype='float32'
    ),
    dec=dict(name='dcgan_dec', width=32, doublings=5, norm='batch', dtype='float32'),
    disc=dict(name='dcgan_disc', width=64, layers=5, norm='batch', spectral=False, dtype='float32'),
    space='lab',
    gan='vanilla',
    lambda_pixel=10.0,
    augment=0.0,
    sample_std=0.3,
    lambda_gp=0.0,
    lambda_drift=0.0,
    n_critic=1,
  )
  adam = dict(name='adam', lr=1e-4, b1=0.5, b2=0.999, weight_decay=1e-4, schedule='constant')
  config.optim = dict(d=adam, g=dict(adam), e=dict(adam))
  config.steps = 100_000
  config.batch_size = 32
  config.data.update(dict(size=128, load_size=128))

  if chosen['laptop']:
    config.method.enc.update(dict(width=16, convs=(1, 1, 2, 2)))
    config.method.dec.update(dict(width=16, doublings=4))
    config.method.disc.update(dict(width=16, layers=4))
    for player in ('d', 'g', 'e'):
      config.optim[player].lr = 5e-4
    common.laptop(config, load_size=64, steps=3000)
  if chosen['smoke']:
    config.method.enc.update(dict(latent=8, width=4, convs=(1, 1, 1)))
    config.method.dec.update(dict(width=4, doublings=3))
    config.method.disc.update(dict(width=4, layers=3))
  common.apply(config, chosen)
  return config
