"""style2paints V1 (Zhang, Ji and Lin 2017): the style of a reference as one vector, two guides.

    python -m onepunch_jax.main --config=configs/style2paints.py:data=PATH --workdir=runs/s2p
    python -m onepunch_jax.main --config=configs/style2paints.py:laptop --workdir=runs/s2p

The published numbers: 256 px, batch 4, guides of 0.3 (grey) and 0.9, a middle of 2048 channels,
fc1 of VGG-19 as style (--config.method.vgg_weights=PATH; without, an encoder of its own learns
one). The weight of L1 is from ports (50 to 150), Adam 2e-4 (0.5). Training on y's own style is
reported to collapse; so references are warped and tinted as in SCFT. The paper's own setting:
--config.prepare.reference.strength=0 --config.prepare.reference.jitter=0.
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg)
  config = common.base()
  config.method = dict(
    name='style2paints',
    gen=dict(name='style2paints', width=32, middle=2048, blocks=4, norm='batch', dtype='float32'),
    disc=dict(name='style_disc', width=64, layers=5, norm='batch', spectral=False, dtype='float32'),
    enc=dict(name='style_enc', size=256, width=32, layers=4, dtype='float32'),
    vgg=dict(name='vgg', depth=19, width=64, head='fc', classes=1000, hidden=4096, dtype='float32'),
    vgg_weights='',
    alpha=0.3,
    beta=0.9,
    lambda_l1=100.0,
    lambda_l2=0.0,
    lambda_adv=1.0,
  )
  adam = dict(name='adam', lr=2e-4, b1=0.5, b2=0.999, schedule='constant')
  config.optim = dict(d=adam, g=dict(adam))
  config.update(dict(steps=300_000, batch_size=4))
  common.reference_data(config)

  if chosen['laptop']:
    config.method.gen.update(dict(width=16, middle=256, blocks=2, norm='group'))
    config.method.enc.update(dict(size=64, width=16))
    config.method.disc.update(dict(width=16, layers=4, norm='group'))
    config.method.lambda_l2 = 3000.0  # so few steps learn the mean colour first
    common.reference_laptop(config)
  if chosen['smoke']:
    config.method.gen.update(dict(width=4, middle=8, blocks=1, norm='group'))
    config.method.enc.update(dict(size=4, width=4))
    config.method.disc.update(dict(width=4, layers=2, norm='group'))
  common.apply(config, chosen)
  return config
