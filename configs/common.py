"""What every experiment starts from, and the options after the colon.

  --config=configs/pix2pix.py:laptop,size=128,data=PATH,batch=8,steps=2000

A config is written in four steps: `options` reads what is after the colon; `base` gives every
setting that is not the method's own; the config sets its method, optimisers, data and, for
`:laptop` and `:smoke`, its small sizes; `apply` sets what the options ask for. Only values that
follow from the final size or number of steps are set after `apply`.
"""

import difflib
import os
from collections.abc import Mapping
from typing import Any

from ml_collections import ConfigDict

from onepunch_jax.data import records
from onepunch_jax.weights.config_versions import VERSION

FLAGS = {
  'smoke': '32 px, 4 steps, tiny nets: seconds',
  'laptop': 'minutes on two CPU cores, and a picture worth looking at',
  'zoo': "the laptop's nets on one budget for every method: the results table",
  'lines': 'line art extracted from the colours; by itself where prepared data has none',
}
VALUES = {
  'data': (str, 'pairs, record shards, `synthetic` or `synthetic_all`; several as PATH*3+PATH'),
  'unpaired': (str, 'where scans come from, for methods without pairs (data/unpaired.py)'),
  'size': (int, 'side of a picture in px'),
  'batch': (int, 'pictures in a batch'),
  'steps': (int, 'training steps'),
  'seed': (int, 'of the random numbers'),
}
ZOO_SIZE, ZOO_PICTURES, ZOO_BATCH = 64, 10_000, 8  # of every method in the results table
ZOO_EVALS = dict(
  hints=dict(points=(0, 10, 50), alphas=(), gaps=()),
  diversity=dict(pictures=32),
  reference=dict(pictures=100),
)
ZOO_COLORS = dict(  # of every method that predicts colours
  vividness=dict(),
  agreement=dict(pictures=50),
  energy=dict(pictures=50),
)


def options(arg: str | None, own: Mapping[str, str] | None = None) -> dict[str, Any]:
  """Reads what is after the colon: 'laptop,size=128' -> {'laptop': True, 'size': 128, ...}.

  Args:
    arg: the text after the colon, or None.
    own: the experiment's own flags with a sentence on each, its module's `OPTIONS`.

  Returns:
    Every flag of FLAGS and `own` as a bool, and those of VALUES that are set. `zoo` sets `laptop`.

  Raises:
    ValueError: an unknown option or a value of the wrong type; the message lists all options.
  """
  own = own or {}
  chosen: dict[str, Any] = dict.fromkeys([*FLAGS, *own], False)
  for part in filter(None, (arg or '').split(',')):
    name, equals, value = part.partition('=')
    if name in chosen and not equals:
      chosen[name] = True
    elif name in VALUES and value:
      chosen[name] = _value(name, value)
    else:
      raise ValueError(_unknown(part, own))
  chosen['laptop'] |= chosen['zoo']
  return chosen


def base() -> ConfigDict:
  """Every setting that is not the method's own."""
  return ConfigDict(
    dict(
      config_version=VERSION,
      seed=0,
      steps=0,
      batch_size=1,
      ema_decay=0.999,
      mesh=dict(data=-1, fsdp=1, space=1),
      sharding=(('.*', 'fsdp'),),
      data=dict(
        path='synthetic',
        unpaired='',
        train_keys=('line', 'rgb'),
        eval_keys=('regions',),
        tags=0,
        tokens=0,
        pairs=False,
        extract_lines=False,
        crops=0.0,
        rough_lines=0.0,
        references=0.0,
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
        image=dict(baselines=True),
        samples=dict(count=8, columns=2, captions=('line', 'target', 'painted')),
      ),
      init_from=dict(workdir='', step='latest', nets=ConfigDict(), grown=False),
      best='val/model/psnr_foreground',
      eval_batch_size=8,
      eval_limit=0,
      log_every=50,
      eval_every=5000,
      save_every=5000,
      keep=2,
      compilation_cache=os.path.join('~', '.cache', 'onepunch_jax', 'xla'),
    )
  )


def laptop(
  config: ConfigDict,
  *,
  size: int = 64,
  load_size: int = 68,
  count: int = 4096,
  eval_count: int = 100,
  batch_size: int = 16,
  steps: int = 2000,
  eval_every: int = 500,
  save_every: int = 500,
) -> None:
  """The data, budget and intervals of `:laptop`.

  Args:
    config: of the experiment; changed in place.
    size: side in px of what the nets see.
    load_size: side in px before a random crop.
    count: how many procedural drawings there are to train on.
    eval_count: how many drawings validation has.
    batch_size: pictures in a batch.
    steps: training steps.
    eval_every: steps between evaluations.
    save_every: steps between checkpoints.
  """
  config.data.update(dict(size=size, load_size=load_size, count=count, eval_count=eval_count))
  config.update(
    dict(
      batch_size=batch_size,
      steps=steps,
      ema_decay=0.99,
      eval_every=eval_every,
      save_every=save_every,
      log_every=25,
      eval_batch_size=20,
    )
  )


def evaluate_hints(config: ConfigDict) -> None:
  """Adds evals/hints; the best checkpoint is that of ten points."""
  config.evals.hints = dict(
    points=(0, 1, 2, 5, 10, 20, 50, 100, 200, 500),
    size=6,
    alphas=(0.0, 0.01, 0.03, 0.05, 0.10, 0.25, 0.50, 1.0),
    orders=10,
    gaps=(0, 1, 2, 4, 8, 16),
    pictures=100,
    examples=8,
  )
  config.data.eval_keys = (*config.data.eval_keys, 'gap', 'shading')
  config.best = 'val/model/points_10'


def evaluate_tags(config: ConfigDict) -> None:
  """Adds evals/tags, and the batch keys that it reads."""
  config.evals.tags = dict(min_area=0.002, pictures=200, examples=8)
  config.data.eval_keys = (*config.data.eval_keys, 'nouns')


def evaluate_references(config: ConfigDict) -> None:
  """Adds evals/reference and its batch keys; the best checkpoint is that of warped selves."""
  config.evals.reference = dict(pictures=200, examples=8)
  config.data.eval_keys = (*config.data.eval_keys, 'reference', 'character')
  config.best = 'val/model/self_ref'


def tag_names(chosen: Mapping[str, Any]) -> tuple[str, ...]:
  """The names of the tags of data=PATH; where it has none, of the procedural drawings."""
  from onepunch_jax import synthetic
  from onepunch_jax.data import vocabulary

  return vocabulary.of(chosen.get('data', 'synthetic')) or synthetic.VOCABULARY


def reference_data(config: ConfigDict) -> None:
  """The data of methods that only a reference guides: the drawing itself, warped, as in SCFT."""
  config.data.load_size = 272
  config.prepare = dict(
    order=('crop', 'flip', 'reference'),
    crop=dict(size=256),
    flip=dict(probability=0.5),
    reference=dict(
      same=0.0, none=0.0, jitter=50.0, jitter_probability=1.0, strength=0.2, point_jitter=0.5
    ),
  )
  evaluate_references(config)


def reference_laptop(config: ConfigDict) -> None:
  """`:laptop` of the methods that only a reference guides."""
  mix_references(config)
  config.optim.g.update(dict(lr=1e-3, schedule='cosine', decay_from=0.0, warmup=50))
  laptop(config, count=6144, eval_count=198, eval_every=1000)


def mix_references(config: ConfigDict) -> None:
  """Trains with warped selves, other drawings of the same characters where known, and none."""
  config.data.train_keys = (*config.data.train_keys, 'reference')
  config.prepare.reference.update(dict(same=0.9, none=0.1, jitter_probability=0.5))


def insert_step(config: ConfigDict, step: str, *after: str) -> None:
  """Inserts a prepare step behind the last one of `after`, or first where there is none of them."""
  order = config.prepare.order
  place = max((order.index(name) + 1 for name in after if name in order), default=0)
  config.prepare.order = (*order[:place], step, *order[place:])


def apply(config: ConfigDict, chosen: Mapping[str, Any]) -> None:
  """Sets what the options ask for, last, so that they win over an experiment's own sizes."""
  if chosen['smoke']:
    _smoke(config)
  if chosen['zoo']:
    batch = chosen.get('batch', ZOO_BATCH)
    budget = {'size': ZOO_SIZE, 'steps': ZOO_PICTURES // batch, 'batch': batch}
    chosen = {**budget, **chosen}
    _zoo(config)
  if 'data' in chosen:
    config.data.path = chosen['data']
  if chosen['lines'] or ('line' in config.data.train_keys and _lacks_lines(chosen.get('data', ''))):
    if config.data.tokens:  # regions are found in them, so the host makes them
      config.data.extract_lines = True
    else:
      _extract_lines(config)
  if 'unpaired' in chosen:
    config.data.unpaired = chosen['unpaired']
  if 'size' in chosen:
    scale = config.data.load_size / config.data.size
    config.data.size = chosen['size']
    config.data.load_size = round(chosen['size'] * scale)
  config.batch_size = chosen.get('batch', config.batch_size)
  config.steps = chosen.get('steps', config.steps)
  config.seed = chosen.get('seed', config.seed)
  for step in ('crop', 'resized_crop'):
    if step in config.prepare:
      config.prepare[step].size = config.data.size


def _smoke(config: ConfigDict) -> None:
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
    config.evals.reference.update(dict(pictures=4, examples=2))


def _zoo(config: ConfigDict) -> None:
  config.update(
    dict(ema_decay=0.99, log_every=25, eval_every=0, save_every=100, eval_batch_size=20)
  )
  config.data.update(dict(count=4096, eval_count=100))
  for name, section in ZOO_EVALS.items():
    if name in config.evals:
      config.evals[name].update(section)
  if 'image' in config.evals:
    config.evals.update(ZOO_COLORS)
    config.data.eval_keys = tuple(dict.fromkeys((*config.data.eval_keys, 'regions', 'nouns')))


def _extract_lines(config: ConfigDict) -> None:
  """Line art from the colours, in training and in evaluation."""
  others = [k for k in config.data.train_keys if k not in ('line', 'mask')]
  config.data.train_keys = (*others, 'mask')  # the mask keeps a letter-box from being drawn
  config.prepare.lines = dict(
    styles=('xdog', 'tag2pix', 'dog', 'blend'),
    noise=0.2,
    augment=('intensity', 'morphology', 'broken'),
    keep=0.0,
  )
  insert_step(config, 'lines', 'crop', 'flip', 'resized_crop', 'grey')  # later steps read them
  config.eval_prepare = dict(order=('lines',), lines=dict(config.prepare.lines, noise=0.0))


def _lacks_lines(path: str) -> bool:
  """Whether the records of prepared data have colours but no line art, by its dataset.json."""
  for part in path.split('+'):
    folder = part.partition('*')[0]
    if records.is_prepared(folder):
      if 'line' not in (records.read_info(folder).get('fields') or ('line',)):
        return True
  return False


def _value(name: str, text: str) -> Any:
  kind = VALUES[name][0]
  try:
    return kind(text)
  except ValueError:
    raise ValueError(f'{name}={text}: give a whole number, e.g. {name}=64.') from None


def _unknown(part: str, own: Mapping[str, str]) -> str:
  """The sentence on an option that does not exist: the likely one, and all that exist."""
  name = part.partition('=')[0]
  close = difflib.get_close_matches(name, [*own, *FLAGS, *VALUES], n=1)
  guess = f' Did you mean {close[0]!r}?' if close and close[0] != name else ''
  mine = f'{", ".join(own)} (of this experiment), ' if own else ''
  values = ', '.join(f'{v}=...' for v in VALUES)
  return (
    f'No option {part!r} after the colon.{guess} There are {mine}{", ".join(FLAGS)} and {values}.'
  )
