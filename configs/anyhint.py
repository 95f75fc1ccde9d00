"""anyhint: one generator for dots, strokes, tags, a reference, or nothing.

    python -m onepunch_jax.main --config=configs/anyhint.py:data=PATH --workdir=runs/anyhint
    python -m onepunch_jax.main --config=configs/anyhint.py:laptop --workdir=runs/anyhint
    python -m onepunch_jax.main --config=configs/anyhint.py:all,laptop --workdir=runs/anyhint_all
    python -m onepunch_jax.colorize --checkpoint=runs/anyhint --input=page.png --hints=dots.png \\
        --output=out.png

All numbers are ours. Points lie as Zhang's (2017); their number is uniform on a logarithmic scale,
as the report measures 0 to 500. One of four drawings has atari's strokes too, and four of ten lose
both (prepare/hint_drop). To make the network obey unlikely colours, 60 % of the rest get one hint
and its region recoloured (prepare/repaint), and half of the parts whose colour a tag names get a
new one in picture and tag (prepare/retag).
`:tags` and `:reference` read these too, `:all` both; they are dropped from a third and four of ten
drawings. Without them the network reads only hints. `:adv` adds a PatchGAN.
`:all,laptop` has 14.0, 17.1 and 23.3 dB foreground PSNR with 0, 10 and 500 points on synthetic
drawings, where *nearest hint* has 9.1, 13.3 and 18.0; hints of foreign colours are 4.8 dE00 off
(median), hair and clothes have the colours that tags name as often as the drawings themselves, and
another drawing of the character is worth 2.0 dB, one of another character -0.8.
The report has the points curve beside *nearest hint* (evals/hints), evals/tags, evals/reference.
"""

import math

from ml_collections import ConfigDict

from onepunch_jax import synthetic
from onepunch_jax.configs import common
from onepunch_jax.data import vocabulary

OPTIONS = {
  'tags': 'reads tags of colours too',
  'reference': 'reads a reference picture too',
  'all': '`tags` and `reference`',
  'adv': 'adds a PatchGAN',
}


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg, OPTIONS)
  adv = chosen['adv']
  tags = chosen['tags'] or chosen['all']
  reference = chosen['reference'] or chosen['all']
  config = common.base()
  names = common.tag_names(chosen) if tags else ()
  colors, nouns, color_of, noun_of = vocabulary.parts(names)
  if tags and not nouns:
    raise ValueError(
      f"The tags of {chosen['data']} name no colours, as 'blue hair' does: train "
      '`:reference` or only hints, or prepare the data with other tags.'
    )
  known = (
    synthetic.parts(nouns or vocabulary.parts(synthetic.VOCABULARY)[1]) if tags or reference else ()
  )
  config.method = dict(
    name='anyhint',
    gen=dict(
      name='unet',
      out_channels=64,
      width=64,
      depth=7,
      norm='group',
      dropout=0.0,
      dtype='float32',
      remat=False,
    ),
    head=dict(
      name='copying',
      width=32,
      keys=16,
      stride=2,
      cell=4,
      max_cells=128,
      hint_bias=3.0,
      inference_bias=3.0,
      dtype='float32',
    ),
    disc=dict(
      name='patchgan', width=64, layers=3, norm='instance', spectral=True, scales=1, dtype='float32'
    )
    if adv
    else None,
    tags=dict(
      name='tag_tokens', colors=colors, color_of=color_of, noun_of=noun_of, keys=64, max_tags=48
    )
    if tags
    else None,
    reference=dict(name='reference_code', width=16, levels=4, cell=8, channels=64, dtype='float32')
    if reference
    else None,
    num_tags=len(names),
    hint_size=9,
    encoding='zero',
    gan='hinge',
    lambda_l1=1.0,
    lambda_l2=0.0,
    lambda_log=1.0,
    lambda_candidates=0.3,
    lambda_repaint=1.0,
    part_table=known,
    lambda_attention=1.0,
    lambda_adv=0.01,
  )
  adam = dict(name='adam', lr=2e-4, b1=0.5, b2=0.999, schedule='linear', decay_from=0.5)
  config.optim = dict(g=dict(adam), **(dict(d=dict(adam)) if adv else {}))
  config.update(dict(steps=200_000, batch_size=16))
  config.data.load_size = 272
  config.prepare = dict(
    order=('crop', 'flip', 'points', 'strokes', 'hint_drop', 'repaint'),
    crop=dict(size=256),
    flip=dict(probability=0.5),
    points=dict(
      p=0,
      low=0,
      high=500,
      scale='log',
      sizes=(1, 9),
      max_points=500,
      place='normal',
      probability=1.0,
      full=0.0,
    ),
    strokes=dict(count=(1, 12), thickness=(2, 7), length=(4, 63), probability=0.25),
    hint_drop=dict(probability=0.4),
    repaint=dict(probability=0.6, tolerance=0.12, random_color=0.5, hint_size=9),
  )
  common.evaluate_hints(config)
  if known:
    config.data.train_keys = (*config.data.train_keys, 'regions', 'nouns')
  recolouring = ()  # steps before hints are taken from the colours
  if tags:
    recolouring = ('tag_drop', 'retag')
    config.data.update(dict(train_keys=(*config.data.train_keys, 'tags'), tags=len(names)))
    config.prepare.tag_drop = dict(
      variant=vocabulary.variant(names), keep_all=0.4, keep_none=0.35, keep=(0.0, 1.0)
    )
    config.prepare.retag = dict(
      palette=synthetic.paints(colors),
      color_of=color_of,
      noun_of=noun_of,
      part_table=known,
      probability=0.5,
      sigma=12.0,
    )
    common.evaluate_tags(config)
  if reference:
    recolouring = (*recolouring, 'reference')
    config.prepare.reference = dict(jitter=50.0, strength=0.2, point_jitter=0.5)
    common.mix_references(config)
    config.prepare.reference.none = 0.4
    config.data.train_keys = (*config.data.train_keys, 'reference_part')
    common.evaluate_references(config)
  config.prepare.order = (*config.prepare.order[:2], *recolouring, *config.prepare.order[2:])
  config.best = 'val/model/points_10'

  if chosen['laptop']:
    config.method.gen.update(dict(out_channels=32, width=32, depth=5))
    config.method.head.update(dict(width=24, max_cells=64))
    config.method.hint_size = config.prepare.repaint.hint_size = 3
    if reference:
      config.method.reference.update(dict(width=16, levels=4, cell=4, channels=32))
      config.optim.g.clip = 3.0  # attention to references has run away without
    config.optim.g.update(dict(lr=2e-3, schedule='cosine', decay_from=0.0, warmup=50))
    config.prepare.points.update(dict(high=256, max_points=256, sizes=(1, 4)))
    config.prepare.strokes.update(dict(thickness=(1, 3), length=(2, 20)))
    common.laptop(config, count=6144, steps=4000, eval_every=1000)
  if chosen['smoke']:
    config.method.gen.update(dict(out_channels=8, width=8, depth=2))
    config.method.head.update(dict(width=8, keys=4))
    if reference:
      config.method.reference.update(dict(width=4, levels=2, cell=4, channels=8))
    if adv:
      config.method.disc.update(dict(width=8, layers=1))
  common.apply(config, chosen)
  config.method.gen.depth = min(config.method.gen.depth, int(math.log2(config.data.size)))
  return config
