"""Colours of a reference by AdaIN (ours, after Huang and Belongie 2017): a style, four blocks.

    python -m onepunch_jax.main --config=configs/adain.py:data=PATH --workdir=runs/adain
    python -m onepunch_jax.main --config=configs/adain.py:laptop --workdir=runs/adain

256 px, batch 16, L1, 0.001 for colours that differ, Adam 1e-4 and 2e-4 are SerialLain3170's for a
reference method whose nets and adversarial loss are others (docs/faithfulness.md); 0.01 hinge is
ours. The modulation is --config.method.gen.modulation=adain|linear|sa|se.
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg)
  config = common.base()
  config.method = dict(
    name='adain',
    gen=dict(
      name='adain', width=32, blocks=4, style=256, modulation='adain', norm='batch', dtype='float32'
    ),
    disc=dict(name='hint_disc', width=64, spectral=False, dtype='float32'),
    gan='hinge',
    lambda_l1=1.0,
    lambda_l2=0.0,
    lambda_adv=0.01,
    lambda_pef=0.001,
  )
  adam = dict(name='adam', b1=0.5, b2=0.999, schedule='constant')
  config.optim = dict(d=dict(adam, lr=2e-4), g=dict(adam, lr=1e-4))
  config.update(dict(steps=200_000, batch_size=16))
  common.reference_data(config)

  if chosen['laptop']:
    config.method.gen.update(dict(width=16, blocks=2, style=64, norm='group'))
    config.method.disc.update(dict(width=16))
    config.method.lambda_l2 = 30.0  # so few steps learn the mean colour first
    common.reference_laptop(config)
  if chosen['smoke']:
    config.method.gen.update(dict(width=4, blocks=1, style=4, norm='group'))
    config.method.disc.update(dict(width=4))
  common.apply(config, chosen)
  return config
