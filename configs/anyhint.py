"""anyhint: one generator for dots, strokes, or nothing, that starts from the nearest hint.

    python -m onepunch_jax.main --config=configs/anyhint.py:data=PATH --workdir=runs/anyhint
    python -m onepunch_jax.main --config=configs/anyhint.py:laptop --workdir=runs/anyhint
    python -m onepunch_jax.colorize --checkpoint=runs/anyhint --input=page.png --hints=dots.png \\
        --output=out.png

All numbers are ours.  Points lie as Zhang's (2017); their numbers are even on a logarithmic scale,
as the report asks for 0 to 500.  One of four drawings has atari's strokes besides, and a tenth
loses both (config.method.drop).
`:adv` adds a PatchGAN.  The report has the points curve beside *nearest hint* (evals/hints).
"""

import math

from ml_collections import ConfigDict

from configs import common


def get_config(arg: str | None = None) -> ConfigDict:
  adv, arg = common.take('adv', arg)
  chosen = common.options(arg)
  config = common.base()
  config.method = dict(
    name='anyhint',
    gen=dict(name='unet', out_channels=32, width=64, depth=7, norm='group', dropout=0.0,
             dtype='float32', remat=False),
    head=dict(name='copying', width=32, keys=16, stride=2, cell=4, most=128, trust=3.0,
              dtype='float32'),
    disc=dict(name='patchgan', width=64, layers=3, norm='instance', spectral=True, scales=1,
              dtype='float32') if adv else None,
    guides=('hint',),
    drop=0.1,
    encoding='zero',
    gan='hinge',
    lambda_l1=1.0,
    lambda_l2=0.0,
    lambda_log=1.0,
    lambda_adv=0.01,
  )  # fmt: skip
  adam = dict(name='adam', lr=2e-4, b1=0.5, b2=0.999, schedule='linear', decay_from=0.5)
  config.optim = dict(g=dict(adam), **(dict(d=dict(adam)) if adv else {}))
  config.update(dict(steps=200_000, batch_size=16))
  config.data.load_size = 272
  config.prepare = dict(
    order=('crop', 'flip', 'points', 'strokes'), crop=dict(size=256), flip=dict(probability=0.5),
    points=dict(p=0, low=0, high=500, scale='log', sizes=(1, 9), most=500, place='normal',
                share=1.0, full=0.0),
    strokes=dict(count=(1, 12), thick=(2, 7), length=(4, 63), share=0.25),
  )  # fmt: skip
  common.judge_by_hints(config)

  if chosen['laptop']:
    config.method.gen.update(dict(out_channels=16, width=32, depth=5))
    config.method.head.update(dict(width=24, most=64))
    config.optim.g.update(dict(lr=2e-3, schedule='cosine', decay_from=0.0, warmup=50))
    config.data.update(dict(size=64, load_size=68, count=6144, eval_count=100))
    config.prepare.points.update(dict(high=256, most=256, sizes=(1, 4)))
    config.prepare.strokes.update(dict(thick=(1, 3), length=(2, 20)))
    config.update(dict(batch_size=16, steps=2000, ema_decay=0.99, eval_every=1000, save_every=500,
                       log_every=25, eval_batch_size=20))
  if chosen['smoke']:
    config.method.gen.update(dict(out_channels=8, width=8, depth=2))
    config.method.head.update(dict(width=8, keys=4))
    if adv:
      config.method.disc.update(dict(width=8, layers=1))
  common.apply(config, chosen)
  config.method.gen.depth = min(config.method.gen.depth, int(math.log2(config.data.size)))
  return config
