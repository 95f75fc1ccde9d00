"""JSON files of a run and of data, checked: what cannot be used is said in one sentence.

A file that a crash, an editor or a copy has spoilt names itself, the field and what is wrong.
"""

import contextlib
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import flax.errors

NUMBER = (int, float)
# keys of a configuration that commands read: their types, where the keys are there
TYPES: dict[str, type | tuple[type, ...]] = {
  'config_version': int,
  'seed': int,
  'steps': int,
  'batch_size': int,
  'eval_batch_size': int,
  'eval_limit': int,
  'ema_decay': NUMBER,
  'best': str,
  'compilation_cache': str,
  'method': dict,
  'method.name': str,
  'data': dict,
  'data.path': str,
  'data.unpaired': str,
  'data.size': int,
  'data.load_size': int,
  'data.count': int,
  'data.eval_count': int,
  'data.seed': int,
  'data.tags': int,
  'data.tokens': int,
  'data.threads': int,
  'data.workers': int,
  'data.on_bad': str,
  'data.pairs': bool,
  'data.extract_lines': bool,
  'data.crops': NUMBER,
  'data.rough_lines': NUMBER,
  'data.references': NUMBER,
  'data.train_keys': list,
  'data.eval_keys': list,
  'prepare': dict,
  'prepare.order': list,
  'eval_prepare': dict,
  'eval_prepare.order': list,
  'evals': dict,
  'optim': dict,
  'init_from': dict,
  'mesh': dict,
}
ABSENT = object()
LEAST = {'data.size': 1, 'data.load_size': 1, 'batch_size': 1, 'data.tags': 0, 'data.tokens': 0}
MOST = 2**31  # of whole numbers: what JAX counts with
LARGEST_SIDE = 2**14  # px of what a net sees
WORDS = {
  dict: 'an object',
  list: 'a list',
  str: 'a text',
  int: 'a whole number',
  bool: 'true or false',
}


def read_json(path: str, what: str) -> Any:
  """The content of a JSON file.

  Args:
    path: the file.
    what: its content in words, for the message.

  Raises:
    ValueError: it is not JSON, or not UTF-8.
  """
  try:
    with open(path, encoding='utf-8-sig') as file:
      return json.load(file)
  except OSError as error:
    raise ValueError(f'{path}: cannot be read ({error.strerror or error}).') from None
  except (ValueError, RecursionError) as error:
    raise damaged(path, what, f'it is no JSON: {error}') from None


def damaged(path: str, what: str, why: object) -> ValueError:
  """The sentence on a file that is not what it should be."""
  text = ' '.join(str(why).split()).rstrip('.')[:300]
  return ValueError(f'{path}: not readable as {what} ({text}); restore it from a copy.')


def check_config(config: Any, path: str) -> dict[str, Any]:
  """A configuration, if what commands read of it has the right types.

  Raises:
    ValueError: naming the file and the first key that is wrong.
  """
  what = 'the configuration of a run'
  if not isinstance(config, dict):
    raise damaged(path, what, f'it is {_word(config)}, not an object')
  if not isinstance(config.get('method'), dict) or 'name' not in config['method']:
    raise damaged(path, what, 'it names no method')
  for key, kind in TYPES.items():
    value: Any = config
    for part in key.split('.'):
      value = value.get(part, ABSENT) if isinstance(value, dict) else ABSENT
    if value is not ABSENT and not _is(value, kind, key):
      raise damaged(path, what, f'{key} is {value!r:.60}')
  if name := _odd_key(config):
    raise damaged(path, what, f'it has the key {name!r}')
  return config


def check_names(names: Any, path: str) -> tuple[str, ...]:
  """A list of texts, as tags.json.

  Raises:
    ValueError: it is none.
  """
  if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
    raise damaged(path, 'the names of tags', 'it is no list of texts')
  return tuple(names)


@contextlib.contextmanager
def misfit_named() -> Iterator[None]:
  """What Flax raises where parameters are not those of the configured nets becomes a sentence."""
  try:
    yield
  except flax.errors.FlaxError as error:
    why = ' '.join(str(error).split()).partition(' (http')[0].rstrip('.')
    raise ValueError(
      f'The parameters of the checkpoint are not those of the nets in its configuration ({why}): '
      'restore its config.json from a copy.'
    ) from error


def _is(value: Any, kind: type | tuple[type, ...], key: str) -> bool:
  if isinstance(value, bool) and kind is not bool:
    return False
  if not isinstance(value, kind):
    return False
  if isinstance(value, float) and not math.isfinite(value):
    return False
  if kind is int:
    most = LARGEST_SIDE if key.endswith('size') else MOST
    return LEAST.get(key, -MOST) <= value < most
  if key.endswith(('order', 'keys')):
    return all(isinstance(name, str) for name in value)
  return True


def _odd_key(config: Mapping[str, Any]) -> str:
  """A key that no configuration has, as ConfigDict cannot hold it; '' where there is none."""
  for key, value in config.items():
    if key.startswith('__') or '.' in key:
      return key or ' '
    if isinstance(value, dict) and (inner := _odd_key(value)):
      return inner
  return ''


def _word(value: Any) -> str:
  return WORDS.get(type(value), repr(value)[:40])
