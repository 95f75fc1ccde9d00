"""OnePunchGAN's colour stage: a frozen scan generator makes the pairs, ColorNet learns to colour.

    python -m onepunch_jax.main --config=configs/onepunch.py:size=64,data=COLORS \\
        --workdir=runs/color64 --config.init_from.workdir=runs/scan
    python -m onepunch_jax.main --config=configs/onepunch.py:size=128,data=COLORS \\
        --workdir=runs/color128 --config.init_from.workdir=runs/color64 \\
        --config.init_from.nets.enc=enc --config.init_from.nets.gen=gen \\
        --config.init_from.nets.disc=disc

Sizes 64 -> 128 -> 256, each from the one before; `launch/onepunch.sh` runs the chain from two
folders. --config.method.source=line learns from the data's own line art and needs no other run.
An encoder trained by configs/tagger.py: --config.init_from.nets.enc=RUN:NET (then
--config.method.frozen_encoder=True keeps it as it is).

LSGAN + 10 L1, pool 50, Adam of two time scales (1e-4 and 4e-4) as the public code has them; its
encoder came pre-trained on Danbooru's tags. Crops of U(0.5, 1) are turned by up to 45 degrees, half
of them tilted, a quarter blurred, half with a blot, as there (`:laptop` has none of these; pages of
extreme aspect are letter-boxed, there padded at random). Options to try: .method.l1_decay=STEPS,
.lambda_edges=10, .nogan='(2000, 500)'; WGAN-GP: .gan=wgan .lambda_gp=10
.n_critic=2 and .disc.norm=layer (or a copy of this file with nets/res_critic).
`:laptop` (64 px, from synthetic line art) takes about 8 minutes on two CPU cores.
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg)
  config = common.base()
  config.method = dict(
    name='onepunch',
    enc=dict(
      name='resnet', stages=(3, 4, 6, 3), width=64, norm='batch', dtype='float32', remat=False
    ),
    gen=dict(name='colornet', attention=True, dtype='float32', remat=False),
    disc=dict(
      name='patchgan_sa', width=64, layers=3, norm='instance', spectral=False, dtype='float32'
    ),
    scan=dict(name='weak', width=64, blocks=6, dtype='float32'),
    source='scan',
    conditional=False,
    frozen_encoder=False,
    gan='lsgan',
    lambda_l1=10.0,
    l1_decay=0,
    lambda_edges=0.0,
    lambda_gp=0.0,
    n_critic=1,
    nogan=(0, 0),
    line_noise=0.0,
    pool=50,
  )
  adam = dict(name='adam', lr=1e-4, b1=0.5, b2=0.999, schedule='linear', decay_from=0.5)
  config.optim = dict(d=dict(adam, lr=4e-4), g=adam)
  config.init_from.nets = dict(scan='scan', enc='', gen='', disc='')
  config.steps = 100_000
  config.batch_size = 8
  config.data.update(dict(train_keys=('rgb',), eval_keys=('line', 'regions'), load_size=286))
  config.prepare = dict(
    order=('resized_crop', 'flip', 'distort', 'soften', 'erase'),
    resized_crop=dict(size=256, low=0.5, high=1.0),
    crop=dict(size=256),
    flip=dict(probability=0.5),
    distort=dict(degrees=45.0, distortion=0.667, probability=0.5),
    soften=dict(probability=0.25, sigma=(0.1, 2.0)),
    erase=dict(probability=0.5, area=(0.005, 0.1), aspect=(0.3, 3.3)),
  )
  # else samples of scans only: there is no ground truth
  if chosen.get('unpaired', 'synthetic') not in ('synthetic', chosen.get('data')):
    config.evals = dict(samples=config.evals.samples.to_dict())
    config.best = ''

  if (chosen['laptop'] or chosen['smoke']) and 'unpaired' not in chosen:  # its lines are known
    config.method.source = 'line'
    config.data.train_keys = ('line', 'rgb')
    config.data.eval_keys = ('regions',)
  if chosen['laptop']:
    config.method.enc.update(dict(stages=(2, 2, 2), width=16))
    config.method.scan.update(dict(width=16, blocks=3))
    config.method.disc.update(dict(width=24, layers=2))
    config.optim.g.lr = 5e-4
    common.laptop(config, batch_size=8, steps=3000)
  if chosen['smoke']:
    config.method.enc.update(dict(stages=(1,), width=8))
    config.method.scan.update(dict(width=4, blocks=0))
    config.method.disc.update(dict(width=4, layers=1))
  if chosen['laptop'] or chosen['smoke']:  # little time: drawings as they are
    config.prepare.order = ('crop', 'flip')
  common.apply(config, chosen)
  return config
