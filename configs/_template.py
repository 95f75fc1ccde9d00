"""The smallest method: a U-Net that learns colours by L1. Copy this file.

    python -m onepunch_jax.main --config=configs/_template.py:laptop --workdir=runs/template

A config opens with its command, what to expect of it, and which of its numbers are the paper's.
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg)  # smoke, laptop, data=PATH, size=, batch=, steps=, seed=
  config = common.base()  # everything that is not the method's own
  config.method = dict(
    name='_template',
    net=dict(
      name='unet', width=64, depth=8, norm='instance', dropout=0.5, dtype='float32', remat=False
    ),
    lambda_l1=1.0,
  )
  config.optim = dict(net=dict(name='adam', lr=2e-4, b1=0.5, b2=0.999))
  config.steps = 200_000

  if chosen['laptop']:
    config.method.net.update(dict(width=32, depth=7))
    common.laptop(config, size=128, load_size=128, batch_size=8)
  if chosen['smoke']:
    config.method.net.update(dict(width=8, depth=4))
  common.apply(config, chosen)
  return config
