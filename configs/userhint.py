"""Atari's user hints (Automatic Line Art Colorization): strokes, gates, a weak hinge loss.

    python -m onepunch_jax.main --config=configs/userhint.py:data=PATH --workdir=runs/userhint
    python -m onepunch_jax.main --config=configs/userhint.py:laptop --workdir=runs/userhint
    python -m onepunch_jax.main --config=configs/userhint.py:points,laptop --workdir=runs/userhint_2
    python -m onepunch_jax.main --config=configs/userhint.py:refine,laptop --workdir=runs/refined \\
        --config.init_from.workdir=runs/userhint

The published numbers: 224 px crops, batch 8, 8 to 19 strokes of 4 to 7 by 4 to 63 px, L1, 0.01
hinge, Adam 1e-4 (0.9). `:points` has the hints of its second version: 55 to 59 squares of 1 to 12
px, one drawing of a hundred all hinted, white where there are none, and a mask. `:refine` is the
second stage, on top of a run of the first with the same options: 384 px, strokes of 8 to 15 by 8 to
127 px, no term for colours that differ; it learns to mend spoilt colours (prepare/corrupt: 3 pasted
squares, 1 spray) and at inference mends the prediction of the first stage.
--config.method.propagate_hints=True (ours) propagates hints over the drawing, for the input and,
where they are near, for the prediction; `:laptop` does: 13.0, 15.6 and 18.3 dB foreground PSNR with
0, 10 and 50 points on synthetic drawings (with the nets of version 0.1). Features of the hint by
VGG-19 need --config.method.vgg_weights=PATH (torchvision's, or a tagger's run); without, the net
learns its own.
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common

OPTIONS = {
  'points': 'squares as hints, as in its second version',
  'refine': 'the second stage, on top of a run of the first',
}


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg, OPTIONS)
  points = chosen['points']
  refine = chosen['refine']
  config = common.base()
  config.method = dict(
    name='userhint',
    gen=dict(name='sacat', width=32, blocks=8, gate='sa', norm='batch', dtype='float32'),
    disc=dict(name='hint_disc', width=64, spectral=False, dtype='float32'),
    vgg=dict(name='vgg', depth=19, width=64, dtype='float32'),
    vgg_weights='',
    first=None,
    encoding='white' if points else 'line',
    gan='hinge',
    lambda_l1=1.0,
    lambda_adv=0.01,
    lambda_pef=0.001,
    propagate_hints=False,
  )
  adam = dict(name='adam', lr=1e-4, b1=0.9, b2=0.999, schedule='constant')
  config.optim = dict(d=adam, g=dict(adam))
  config.update(dict(steps=500_000, batch_size=8))
  config.data.update(dict(size=224, load_size=256))
  sampler = 'points' if points else 'strokes'
  config.prepare = dict(
    order=('crop', 'flip', sampler),
    crop=dict(size=224),
    flip=dict(probability=0.5),
    points=dict(
      p=0,
      low=55,
      high=59,
      scale='linear',
      sizes=(1, 12),
      max_points=64,
      place='normal',
      probability=1.0,
      full=0.01,
    ),
    strokes=dict(count=(8, 19), thickness=(4, 7), length=(4, 63), probability=1.0),
  )
  common.evaluate_hints(config)
  if refine:
    config.data.update(dict(size=384, load_size=432))
    config.prepare.crop.size = 384
    config.method.lambda_pef = 0.0
    config.prepare.strokes.update(dict(thickness=(8, 15), length=(8, 127)))
    config.prepare.corrupt = dict(
      patches=3, sides=(0.26, 0.52), sprays=1, rates=(0.01, 10.0), strength=0.1, point_jitter=0.5
    )
    config.prepare.order = (*config.prepare.order, 'corrupt')
    config.init_from.nets.first = 'gen'

  if chosen['laptop']:
    config.method.propagate_hints = not chosen['zoo']
    config.method.gen.update(dict(width=16, blocks=2, norm='group'))
    config.method.disc.update(dict(width=16))
    config.optim.g.update(dict(lr=1e-3, schedule='cosine', decay_from=0.0))
    config.prepare.points.update(dict(low=0, high=24, sizes=(1, 4)))
    config.prepare.strokes.update(dict(count=(0, 19), thickness=(1, 3), length=(1, 16)))
    common.laptop(config, count=6144, eval_every=1000)
  if chosen['smoke']:
    config.method.gen.update(dict(width=4, blocks=1))
    config.method.disc.update(dict(width=4))
  common.apply(config, chosen)
  if refine:
    config.method.first = config.method.gen.copy_and_resolve_references()
  return config
