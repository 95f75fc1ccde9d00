"""AdaIN (Automatic Line Art Colorization's first reference method): a style, four blocks, hinge.

    python -m onepunch_jax.main --config=configs/adain.py:data=PATH --workdir=runs/adain
    python -m onepunch_jax.main --config=configs/adain.py:laptop --workdir=runs/adain

The published numbers: 256 px, batch 16, L1, 0.01 hinge, 0.001 for colours that differ, Adam 1e-4
and 2e-4.  How the style is told is --config.method.gen.way=adain|linear|sa|se.
"""

from ml_collections import ConfigDict

from configs import common


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg)
  config = common.base()
  config.method = dict(
    name='adain',
    gen=dict(name='adain', width=32, blocks=4, style=256, way='adain', norm='batch',
             dtype='float32'),
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
  config.data.load_size = 272
  config.prepare = dict(
    order=('crop', 'flip', 'reference'), crop=dict(size=256), flip=dict(probability=0.5),
    reference=dict(same=0.0, none=0.0, jitter=50.0, jittered=1.0, strength=0.2, spread=0.5),
  )
  common.judge_by_reference(config)

  if chosen['laptop']:
    config.method.gen.update(dict(width=16, blocks=2, style=64, norm='group'))
    config.method.disc.update(dict(width=16))
    config.method.lambda_l2 = 30.0  # so few steps learn the mean colour first
    config.optim.g.update(dict(lr=1e-3, schedule='cosine', decay_from=0.0, warmup=50))
    config.data.update(dict(size=64, load_size=68, count=6144, eval_count=198))
    common.mix_references(config)
    config.update(dict(batch_size=16, steps=2000, ema_decay=0.99, eval_every=1000, save_every=500,
                       log_every=25, eval_batch_size=20))
  if chosen['smoke']:
    config.method.gen.update(dict(width=4, blocks=1, style=4, norm='group'))
    config.method.disc.update(dict(width=4))
  common.apply(config, chosen)
  return config
