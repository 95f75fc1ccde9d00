"""region_tokens: colour by regions, the flagship; hints, tags, references and palettes in one net.

    python -m onepunch_jax.main --config=configs/region_tokens.py:laptop --workdir=runs/region
    python -m onepunch_jax.main --config=configs/region_tokens.py:overnight --workdir=runs/region
    python -m onepunch_jax.main --config=configs/region_tokens.py:gpu --workdir=runs/region
    onepunch train --config=configs/region_tokens.py:finetune,data=my_pages --workdir=runs/mine

All numbers are ours. `:laptop` takes ten minutes of two CPU cores, `:overnight` goes on where it
was stopped, and `:gpu` has not been run yet; docs/regions.md has what trainings took and reached.
"""

from ml_collections import ConfigDict

from onepunch_jax import synthetic
from onepunch_jax.configs import common
from onepunch_jax.data import mixed, vocabulary
from onepunch_jax.data.sources import ALL_TECHNIQUES, SYNTHETIC

OPTIONS = {
  'overnight': "the laptop's nets, eight hours on two CPU cores",
  'gpu': 'ten minutes on one large GPU',
  'finetune': 'the shipped weights learn from data=PATH, minutes on two CPU cores',
}
KEPT = 0.25  # share of procedural drawings in fine-tuning, against forgetting


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg, OPTIONS)
  config = common.base()
  names = common.tag_names(chosen)
  colors, nouns, color_of, noun_of = vocabulary.parts(names)
  config.method = dict(
    name='region_tokens',
    trunk=dict(name='region_trunk', widths=(32, 64, 128, 256, 256), dtype='float32'),
    tokens=dict(
      name='region_tokens',
      dim=256,
      layers=4,
      heads=8,
      nouns=1 + len(synthetic.parts(())[1:]),
      dtype='float32',
    ),
    colors=dict(
      name='region_colors',
      layers=4,
      heads=8,
      keys=64,
      colors=len(colors),
      nouns=len(nouns),
      color_of=color_of,
      noun_of=noun_of,
      dtype='float32',
    ),
    count=128,
    alternatives=3,
    palette=16,
    num_tags=len(names),
    max_tags=24,
    lambda_nouns=0.2,
    lambda_distance=0.25,
  )
  config.optim = dict(
    net=dict(
      name='adamw',
      lr=1e-3,
      b1=0.9,
      b2=0.98,
      weight_decay=0.02,
      schedule='linear',
      decay_from=0.7,
      warmup=200,
      clip=1.0,
    )
  )
  config.update(dict(steps=200_000, batch_size=64))
  config.data.update(
    dict(
      path='synthetic_all',
      size=192,
      load_size=192,
      count=400_000,
      tags=len(names),
      pairs=True,
      crops=0.5,
      rough_lines=0.35,
      references=0.5,
      train_keys=(
        'line',
        'tags',
        'labels',
        'geometry',
        'distance',
        'colors',
        'token_nouns',
        'line_distance',
        'linked',
      ),
      eval_keys=('rgb', 'regions', 'nouns'),
    )
  )
  config.prepare.order = (*config.prepare.order, 'recolor_regions')
  config.prepare.recolor_regions = dict(probability=0.25)
  config.evals.method_metrics = dict()
  config.evals.vividness = dict()
  config.evals.agreement = dict(pictures=32)
  config.evals.energy = dict(samples=4, pictures=16, tags=False)
  config.evals.likelihood = dict(known=(0, 1, 5, 20), pictures=32)
  config.best = 'val/model/nll_5'
  config.init_from.nets = dict(trunk='trunk', tokens='tokens', colors='colors')

  if chosen['laptop'] or chosen['overnight']:
    config.method.trunk.widths = (16, 32, 64, 96)
    config.method.tokens.update(dict(dim=128, layers=2, heads=4))
    config.method.colors.update(dict(layers=4, heads=4))
    config.method.count = 64
    common.laptop(
      config,
      size=128,
      load_size=128,
      count=3000,
      batch_size=16,
      steps=750,
      eval_every=0,
      save_every=200,
    )
  if chosen['overnight']:
    config.update(dict(steps=60_000, ema_decay=0.9995, save_every=500, eval_every=4000))
    config.data.count = 12_000
  if chosen['gpu']:
    config.update(dict(steps=5000, batch_size=256, save_every=500))
    config.method.trunk.dtype = config.method.tokens.dtype = config.method.colors.dtype = 'bfloat16'
    config.data.workers = 14
  if chosen['zoo']:  # every method learns from the same pictures
    config.data.update(dict(crops=0.0, rough_lines=0.0, references=0.0))
  if chosen['finetune']:
    finetune(config)
  elif chosen['smoke']:
    config.method.trunk.widths = (8, 8, 8)
    config.method.tokens.update(dict(dim=16, layers=1, heads=2))
    config.method.colors.update(dict(layers=1, heads=2, keys=8))
    config.method.count = 24
  config.data.tokens = config.method.count
  common.apply(config, chosen)
  if chosen['finetune']:
    config.data.path = with_synthetic(chosen.get('data', ''))
  return config


def finetune(config: ConfigDict) -> None:
  """The nets of the weights that come with the package, few steps and a low rate from these."""
  from onepunch_jax.weights import runs, shipped

  known = runs.load_config(shipped.DEFAULT)
  config.method = known.method
  config.init_from.workdir = shipped.DEFAULT
  side = known.data.size
  common.laptop(
    config,
    size=side,
    load_size=side,
    count=1500,
    eval_count=40,
    batch_size=16,
    steps=500,
    eval_every=250,
    save_every=50,
  )
  config.optim.net.update(dict(lr=2e-4, decay_from=0.0, warmup=20))
  config.ema_decay = 0.98
  config.data.update(dict(crops=0.0, rough_lines=0.0))


def with_synthetic(data: str) -> str:
  """The data, and procedural drawings for `KEPT` of what is read.

  Raises:
    ValueError: there is no data.
  """
  if not data:
    raise ValueError('finetune learns from your own pages: give data=FOLDER, too.')
  parts = mixed.parse(data)
  if any(name in SYNTHETIC for name, _ in parts):
    return data
  share = sum(weight for _, weight in parts) * KEPT / (1 - KEPT)
  return f'{data}+{ALL_TECHNIQUES}*{share:g}'
