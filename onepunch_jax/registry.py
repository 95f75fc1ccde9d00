"""Config sections to objects by module name: the folder is the registry.

A section is `{'name': <module>, **kwargs}`; the module's `make` (nets: `Model`) takes exactly
the kwargs.  An unknown name or keyword is an error that lists what there is.
"""

import difflib
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any

from onepunch_jax.core import Method


def method(config: Mapping) -> Method:
  """onepunch_jax.methods.<name>.make(**kwargs)."""
  return _build('methods', 'make', config)


def net(config: Mapping):
  """onepunch_jax.nets.<name>.Model(**kwargs): a Flax module."""
  return _build('nets', 'Model', config)


def evaluation(config: Mapping) -> Callable:
  """onepunch_jax.evals.<name>.make(**kwargs): (paint, batches) -> results."""
  return _build('evals', 'make', config)


def prepare_step(config: Mapping) -> Callable:
  """onepunch_jax.prepare.<name>.make(**kwargs): (batch, key, step) -> batch."""
  return _build('prepare', 'make', config)


def maker(folder: str, name: str, attribute: str) -> Callable:
  """The callable `attribute` of onepunch_jax.<folder>.<name>.

  Raises:
    ValueError: there is no such module, or it makes nothing; the message lists those that do.
  """
  package = importlib.import_module(f'onepunch_jax.{folder}')
  names = [m.name for m in pkgutil.iter_modules(package.__path__) if not m.ispkg]
  if name not in names:
    public = [n for n in names if not n.startswith('_')]
    raise ValueError(f'No {folder} named {name!r}.{_guess(name, names)} There are: {public}.')
  module = importlib.import_module(f'onepunch_jax.{folder}.{name}')
  if not hasattr(module, attribute):
    raise ValueError(f'{module.__name__} defines no `{attribute}`, so a config cannot name it.')
  return getattr(module, attribute)


def methods_with(guide: str) -> list[str]:
  """The methods that can use batch[guide] beside the line art: what their modules' GUIDES say."""
  package = importlib.import_module('onepunch_jax.methods')
  names = [m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith('_')]
  modules = {n: importlib.import_module(f'{package.__name__}.{n}') for n in names}
  return [n for n, module in modules.items() if guide in getattr(module, 'GUIDES', ())]


def keywords(make: Callable) -> tuple[str, ...]:
  """The keywords that `make` takes: the schema of its config section."""
  hidden = ('self', 'parent', 'name')  # of a Flax module
  return tuple(k for k in inspect.signature(make).parameters if k not in hidden)


def _build(folder: str, attribute: str, config: Mapping) -> Any:
  kwargs = {k: _plain(v) for k, v in config.items() if k != 'name'}
  if 'name' not in config:
    raise ValueError(f'A section for {folder} needs a `name`; it has only {sorted(kwargs)}.')
  make = maker(folder, config['name'], attribute)
  known = keywords(make)
  for key in kwargs:
    if key not in known:
      raise TypeError(
        f'{folder}.{config["name"]} takes no {key!r}.{_guess(key, known)} It takes: {list(known)}.'
      )
  return make(**kwargs)


def _plain(value: Any) -> Any:
  """A ConfigDict as a dict; a JSON list as the tuple that it was."""
  if isinstance(value, Mapping) or hasattr(value, 'to_dict'):
    return {k: _plain(v) for k, v in value.items()}
  return tuple(map(_plain, value)) if isinstance(value, list | tuple) else value


def _guess(name: str, names) -> str:
  close = difflib.get_close_matches(name, names, n=1)
  return f' Did you mean {close[0]!r}?' if close else ''
