"""Zhang et al. 2017: grey pages or line art and clicks to colours, by a Huber loss.

    python -m onepunch_jax.main --config=configs/points.py:data=PATH --workdir=runs/points
    python -m onepunch_jax.main --config=configs/points.py:laptop --workdir=runs/points
    python -m onepunch_jax.main --config=configs/points.py:line,laptop --workdir=runs/points_line

By default the input is the grey page made from the colours, and its L is kept, as in the paper.
`:line` reads the data's line art, and predicts L too. Reports: evals/hints.

--config.method.propagate_hints=True (ours) propagates clicks over the drawing, for the input and,
where they are near, for the prediction; `:line,laptop` does: 14.0, 16.3, 18.9
dB foreground PSNR with 0, 10, 50 clicks on synthetic drawings.

The paper's numbers: 176 px crops of 256, batch 25, Adam, 1e-5 for ten epochs and 1e-6 for five,
after a training on classes only (--config.method.lambda_huber=0, then --config.init_from). From
scratch we take 1e-4. Points: P(n) = p (1 - p)^n, p = 1/8; of 1 to 9 px.
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common

OPTIONS = {
  'line': "reads the data's line art, and predicts L too",
}


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg, OPTIONS)
  line = chosen['line']
  config = common.base()
  config.method = dict(
    name='points',
    net=dict(name='points', width=64, norm='batch', dtype='float32'),
    lightness='predicted' if line else 'input',
    bins='grid',
    neighbours=5,
    sigma=5.0,
    lambda_huber=10.0,
    lambda_ce=1.0,
    detach_classes=True,
    delta=1.0,
    drop_grey=5.0,
    histogram=False,
    propagate_hints=False,
  )
  config.optim = dict(net=dict(name='adam', lr=1e-4, b1=0.9, b2=0.999))
  config.update(dict(steps=500_000, batch_size=25))
  config.data.update(dict(size=176, load_size=256))
  config.data.train_keys = ('line', 'rgb') if line else ('rgb',)
  grey = () if line else ('grey',)
  config.prepare = dict(
    order=('crop', 'flip', *grey, 'points'),
    crop=dict(size=176),
    flip=dict(probability=0.5),
    grey=dict(kind='lightness'),
    points=dict(
      p=1 / 8,
      low=0,
      high=0,
      scale='linear',
      sizes=(1, 9),
      max_points=64,
      place='normal',
      probability=1.0,
      full=0.0,
    ),
  )
  config.eval_prepare = dict(order=grey, grey=dict(kind='lightness'))
  common.evaluate_hints(config)

  if chosen['laptop']:
    config.method.propagate_hints = line and not chosen['zoo']
    config.method.net.update(dict(width=16, norm='group'))
    config.method.bins = 'gamut'
    # in so few steps the classes help the layers below; a mean over the channels, as measured
    config.method.detach_classes = False
    config.method.lambda_huber = 10.0 / (3 if line else 2)
    config.optim.net.update(dict(lr=1e-3, schedule='cosine', decay_from=0.0))
    config.prepare.points.sizes = (1, 5)
    common.laptop(config, count=6144, eval_every=1000)
  if chosen['smoke']:
    config.method.net.update(dict(width=4))
  common.apply(config, chosen)
  return config
