"""What every experiment starts from, and the options after the colon.

  --config=configs/pix2pix.py:laptop,size=128,data=PATH,batch=8,steps=2000

smoke       32 px, width 8, 4 steps, `drawn`: seconds
laptop      minutes on two CPU cores, and a picture worth looking at
zoo         the laptop's nets on one budget for every method: the results table
data=PATH   a folder of pairs, record shards, or `drawn`; several as PATH*3+PATH
lines       extract the line art from the colours; so too where prepared data has none
unpaired=PATH   where scans come from, for methods without pairs (data/unpaired.py)
size, batch, steps, seed    numbers
"""

import json
import os

from ml_collections import ConfigDict

FLAGS = ('smoke', 'laptop', 'zoo', 'lines')
VALUES = {'data': str, 'unpaired': str, 'size': int, 'batch': int, 'steps': int, 'seed': int}
ZOO = dict(size=64, pictures=10000, batch=8)  # of every method in the results table
BRIEFLY = dict(
  hints=dict(points=(0, 10, 50), alphas=(), gaps=()),
  diversity=dict(pictures=32),
  reference=dict(pictures=100),
)  # the evaluations of `:zoo`


def base() -> ConfigDict:
  """Every setting that is not the method's own."""
  return ConfigDict(
    dict(
      seed=0,
      steps=0,
      batch_size=1,
      ema_decay=0.999,
      mesh=dict(data=-1, fsdp=1, space=1),
      sharding=(('.*', 'fsdp'),),
      data=dict(
        path='drawn',
        unpaired='',
        train_keys=('line', 'rgb'),
        eval_keys=('regions',),
        tags=0,
        size=256,
        load_size=256,
        count=100_000,
        eval_count=200,
        seed=0,
        on_bad='error',
        threads=2,
        workers=0,
      ),
      prepare=dict(order=('flip',), flip=dict(probability=0.5)),
      eval_prepare=dict(order=()),
      evals=dict(
        image=dict(floors=True),
        samples=dict(count=8, columns=2, captions=('line', 'target', 'painted')),
      ),
      init_from=dict(workdir='', step='latest', nets=ConfigDict()),
      best='val/model/psnr_inside',
      eval_batch_size=8,
      eval_limit=0,
      log_every=50,
      eval_every=5000,
      save_every=5000,
      keep=2,
      compilation_cache=os.path.join('~', '.cache', 'onepunch_jax', 'xla'),
    )
  )


def judge_by_hints(config: ConfigDict) -> None:
  """Adds evals/hints; the best checkpoint is that of ten points."""
  config.evals.hints = dict(
    points=(0, 1, 2, 5, 10, 20, 50, 100, 200, 500),
    size=6,
    alphas=(0.0, 0.01, 0.03, 0.05, 0.10, 0.25, 0.50, 1.0),
    orders=10,
    gaps=(0, 1, 2, 4, 8, 16),
    pictures=100,
    shown=8,
  )
  config.data.eval_keys = (*config.data.eval_keys, 'gap', 'shading')
  config.best = 'val/model/points_10'


def judge_by_tags(config: ConfigDict) -> None:
  """Adds evals/tags, and the batch keys that it reads."""
  config.evals.tags = dict(least=0.002, pictures=200, shown=8)
  config.data.eval_keys = (*config.data.eval_keys, 'nouns')


def tag_names(chosen: dict) -> tuple[str, ...]:
  """The names of the tags of data=PATH; where it has none, of `drawn`."""
  from onepunch_jax import synthetic
  from onepunch_jax.data import vocabulary

  return vocabulary.of(chosen.get('data', 'drawn')) or synthetic.VOCABULARY


def judge_by_reference(config: ConfigDict) -> None:
  """Adds evals/reference, and the batch keys that it reads; the best is that of selves, bent."""
  config.evals.reference = dict(pictures=200, shown=8)
  config.data.eval_keys = (*config.data.eval_keys, 'reference', 'character')
  config.best = 'val/model/self_ref'


def mix_references(config: ConfigDict) -> None:
  """Trains with bent selves, other drawings of the same characters where known, and none."""
  config.data.train_keys = (*config.data.train_keys, 'reference')
  config.prepare.reference.update(dict(same=0.9, none=0.1, jittered=0.5))


def put(config: ConfigDict, step: str, *after: str) -> None:
  """Adds a step of preparation behind the last of these, or first."""
  order = config.prepare.order
  place = max((order.index(name) + 1 for name in after if name in order), default=0)
  config.prepare.order = (*order[:place], step, *order[place:])


def refer(config: ConfigDict) -> None:
  """The data of methods that a reference alone guides: the drawing, bent and tinted as in SCFT."""
  config.data.load_size = 272
  config.prepare = dict(
    order=('crop', 'flip', 'reference'),
    crop=dict(size=256),
    flip=dict(probability=0.5),
    reference=dict(same=0.0, none=0.0, jitter=50.0, jittered=1.0, strength=0.2, spread=0.5),
  )
  judge_by_reference(config)


def refer_briefly(config: ConfigDict) -> None:
  """`:laptop` of these methods."""
  mix_references(config)
  config.optim.g.update(dict(lr=1e-3, schedule='cosine', decay_from=0.0, warmup=50))
  config.data.update(dict(size=64, load_size=68, count=6144, eval_count=198))
  config.update(
    dict(
      batch_size=16,
      steps=2000,
      ema_decay=0.99,
      eval_every=1000,
      save_every=500,
      log_every=25,
      eval_batch_size=20,
    )
  )


def take(flag: str, arg: str | None) -> tuple[bool, str]:
  """An experiment's own option: whether it is after the colon, and what else is there."""
  parts = (arg or '').split(',')
  return flag in parts, ','.join(p for p in parts if p != flag)


def options(arg: str | None) -> dict:
  """'laptop,size=128' -> {'smoke': False, 'laptop': True, 'size': 128}.

  Raises:
    ValueError: an option that there is not; the message lists those that there are.
  """
  found = dict.fromkeys(FLAGS, False)
  for part in filter(None, (arg or '').split(',')):
    name, equals, value = part.partition('=')
    if name in FLAGS and not equals:
      found[name] = True
    elif name in VALUES and value:
      found[name] = VALUES[name](value)
    else:
      raise ValueError(
        f'No option {part!r} after the colon; there are {", ".join(FLAGS)} and '
        f'{", ".join(v + "=..." for v in VALUES)}.'
      )
  found['laptop'] |= found['zoo']
  return found


def _lacks_lines(path: str) -> bool:
  """Whether prepared data says that its records have colours but no line art."""
  for part in path.split('+'):
    info = os.path.join(part.partition('*')[0], 'dataset.json')
    if os.path.isfile(info):
      with open(info, encoding='utf-8') as f:
        if 'line' not in json.load(f).get('fields', ('line',)):
          return True
  return False


def apply(config: ConfigDict, chosen: dict) -> None:
  """Sets what options after the colon say, last, so that they win over an experiment's sizes."""
  if chosen['smoke']:
    config.update(
      dict(
        steps=4,
        batch_size=2,
        eval_batch_size=2,
        log_every=1,
        eval_every=2,
        save_every=2,
        eval_limit=4,
      )
    )
    config.data.update(dict(size=32, load_size=32, count=8, eval_count=4))
    if 'hints' in config.evals:
      config.evals.hints.update(dict(points=(0, 10), alphas=(0.0, 1.0), orders=1, gaps=(0,)))
    if 'reference' in config.evals:
      config.evals.reference.update(dict(pictures=4, shown=2))
  if chosen['zoo']:
    batch = chosen.get('batch', ZOO['batch'])
    chosen = {'size': ZOO['size'], 'steps': ZOO['pictures'] // batch, 'batch': batch, **chosen}
    config.update(
      dict(ema_decay=0.99, log_every=25, eval_every=0, save_every=100, eval_batch_size=20)
    )
    config.data.update(dict(count=4096, eval_count=100))
    for name, brief in BRIEFLY.items():
      if name in config.evals:
        config.evals[name].update(brief)
  if 'data' in chosen:
    config.data.path = chosen['data']
  if chosen['lines'] or ('line' in config.data.train_keys and _lacks_lines(chosen.get('data', ''))):
    others = [k for k in config.data.train_keys if k not in ('line', 'mask')]
    config.data.train_keys = (*others, 'mask')  # the mask keeps a letter-box from being drawn
    config.prepare.lines = dict(
      styles=('xdog', 'tag2pix', 'dog', 'blend'),
      noise=0.2,
      augment=('intensity', 'morphology', 'broken'),
      keep=0.0,
    )
    put(config, 'lines', 'crop', 'flip', 'resized_crop', 'grey')  # others read them
    config.eval_prepare = dict(order=('lines',), lines=dict(config.prepare.lines, noise=0.0))
  if 'unpaired' in chosen:
    config.data.unpaired = chosen['unpaired']
  if 'size' in chosen:
    scale = config.data.load_size / config.data.size
    config.data.size = chosen['size']
    config.data.load_size = round(chosen['size'] * scale)
  if 'batch' in chosen:
    config.batch_size = chosen['batch']
  if 'steps' in chosen:
    config.steps = chosen['steps']
  if 'seed' in chosen:
    config.seed = chosen['seed']
  if 'crop' in config.prepare:
    config.prepare.crop.size = config.data.size
