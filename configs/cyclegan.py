"""OnePunchGAN's scan stage: a CycleGAN of weak nets on scans and colourings that are no pairs.

    python -m onepunch_jax.main --config=configs/cyclegan.py:data=COLORS,unpaired=SCANS \\
        --workdir=runs/scan
    python -m onepunch_jax.main --config=configs/cyclegan.py:laptop --workdir=runs/scan

data= is a folder of colourings, unpaired= one of scans (data/unpaired.py has what else they may
be; pairs named for both give the colours of one half and the lines of the other); without them both
are of synthetic drawings, no drawing in both. What comes out is the scan generator (net `scan`),
which configs/onepunch.py needs; `launch/onepunch.sh` does both.

The numbers are the public code's (WHDaniels/OnePunchGAN): LSGAN, cycle 10, identity 5, pool 50,
Adam 2e-4, batch 1, 256 px, constant and then linear to 0; crops of U(0.2, 1), turned by up to 25
degrees, a third tilted, half with a blot (`:laptop` has none of these). Its dataset and so its
number of steps are unknown: ours is.
`:laptop` (64 px) takes about 12 minutes on two CPU cores.
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg)
  config = common.base()
  disc = dict(
    name='patchgan_sa', width=64, layers=3, norm='instance', spectral=False, dtype='float32'
  )
  weak = dict(name='weak', width=64, blocks=6, dtype='float32')
  config.method = dict(
    name='cyclegan',
    scan=weak,
    gen=dict(weak),
    disc_scan=disc,
    disc_color=dict(disc),
    gan='lsgan',
    lambda_cycle=10.0,
    lambda_identity=5.0,
    noise=0.0,
    pool=50,
  )
  adam = dict(name='adam', lr=2e-4, b1=0.5, b2=0.999, schedule='linear', decay_from=0.5)
  config.optim = dict(g=adam, d=dict(adam))
  config.steps = 100_000
  config.data.update(dict(unpaired='synthetic', train_keys=('rgb', 'scan'), load_size=286))
  config.data.eval_keys = ('line', 'regions')
  config.prepare = dict(
    order=('resized_crop', 'flip', 'distort', 'erase'),
    resized_crop=dict(size=256, low=0.2, high=1.0),
    crop=dict(size=256),
    flip=dict(probability=0.5),
    distort=dict(degrees=25.0, distortion=0.15, probability=0.33),
    erase=dict(probability=0.5, area=(0.005, 0.1), aspect=(0.3, 3.3)),
  )
  config.evals.method_metrics = ConfigDict()
  # else the line art of validation is not its colours'
  if chosen.get('unpaired', 'synthetic') not in ('synthetic', chosen.get('data')):
    config.evals = dict(samples=config.evals.samples.to_dict())
    config.best = ''

  if chosen['laptop']:
    config.method.scan.update(dict(width=16, blocks=3))
    config.method.gen.update(dict(width=16, blocks=3))
    config.method.disc_scan.update(dict(width=24, layers=2))
    config.method.disc_color.update(dict(width=24, layers=2))
    common.laptop(config, batch_size=8, steps=3000)
  if chosen['smoke']:
    for net in ('scan', 'gen'):
      config.method[net].update(dict(width=4, blocks=0))
      config.method[f'disc_{"scan" if net == "scan" else "color"}'].update(dict(width=4, layers=1))
  if chosen['laptop'] or chosen['smoke']:  # little time: drawings as they are
    config.prepare.order = ('crop', 'flip')
  common.apply(config, chosen)
  return config
