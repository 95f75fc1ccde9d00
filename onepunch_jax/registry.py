"""Config sections to objects by module name: the folder is the registry.

A section is `{'name': <module>, **kwargs}`, and the module's `make` (of a net: `Model`) takes
exactly the kwargs. A name without a dot is a module of this package's folder, a dotted one any
module that can be imported: a method, net, prepare step or evaluation of one's own needs no fork.
An unknown name or keyword is an error that lists those that exist.
"""

import difflib
import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

import flax.linen as nn

from onepunch_jax.core import Method

# folder of this package -> what a module there exports
EXPORTS = {'methods': 'make', 'nets': 'Model', 'prepare': 'make', 'evals': 'make'}


def method(config: Mapping) -> Method:
  """Builds a method: `make(**kwargs)` of methods/<name>.py, or of the module with a dotted name."""
  return _build('methods', config)


def net(config: Mapping) -> nn.Module:
  """Builds a Flax module: `Model(**kwargs)` of nets/<name>.py, or of a dotted name."""
  return _build('nets', config)


def evaluation(config: Mapping) -> Callable:
  """Builds an evaluation, (paint, batches) -> results, of evals/<name>.py or a dotted name."""
  return _build('evals', config)


def evaluations(config: Mapping) -> list[Callable]:
  """All evaluations of `config.evals`: a section each, whose key is its name unless it has one."""
  return [evaluation({'name': name, **section}) for name, section in config.items()]


def prepare_step(config: Mapping) -> Callable:
  """Builds a step, (batch, key, step) -> batch, of prepare/<name>.py or a dotted name."""
  return _build('prepare', config)


def available(folder: str | None = None) -> Any:
  """The names that can be built: of one folder a list, of all {folder: list}.

  Args:
    folder: 'methods', 'nets', 'prepare' or 'evals'; None is all four.

  Raises:
    ValueError: there is no such folder.
  """
  if folder is None:
    return {name: available(name) for name in EXPORTS}
  if folder not in EXPORTS:
    raise ValueError(
      f'No registry {folder!r}.{suggestion(folder, EXPORTS)} There are {list(EXPORTS)}.'
    )
  return list(_available(folder))


def maker(folder: str, name: str) -> Callable:
  """What builds `name`: the `make` or `Model` of its module.

  Args:
    folder: 'methods', 'nets', 'prepare' or 'evals'.
    name: a module of that folder; or, with a dot, any module that can be imported.

  Raises:
    ValueError: there is no such module, or it exports nothing to build.
  """
  module = _own(folder, name) if '.' not in name else _imported(folder, name)
  exported = EXPORTS[folder]
  if not hasattr(module, exported):
    raise ValueError(
      f'The module {module.__name__} has no `{exported}`: {folder} of a config need one.'
    )
  return getattr(module, exported)


def methods_with(key: str) -> list[str]:
  """The methods that can use batch[key] beside the line art: what their modules' GUIDES name."""
  modules = {n: _own('methods', n) for n in available('methods')}
  return [n for n, module in modules.items() if key in getattr(module, 'GUIDES', ())]


def keywords(make: Callable) -> tuple[str, ...]:
  """The keywords of `make`: the keys of its config section."""
  hidden = ('self', 'parent', 'name')  # of a Flax module
  return tuple(k for k in inspect.signature(make).parameters if k not in hidden)


def suggestion(name: str, names: Iterable[str]) -> str:
  """' Did you mean ...?' where one of `names` is like `name`, else ''."""
  close = difflib.get_close_matches(name, list(names), n=1)
  return f' Did you mean {close[0]!r}?' if close and close[0] != name else ''


def _build(folder: str, config: Mapping) -> Any:
  kwargs = {k: _plain(v) for k, v in config.items() if k != 'name'}
  if 'name' not in config:
    raise ValueError(f'A section for {folder} needs a `name`; it has only {sorted(kwargs)}.')
  name = config['name']
  make = maker(folder, name)
  known = keywords(make)
  for key in kwargs:
    if key not in known:
      raise TypeError(
        f'{folder}.{name} has no keyword {key!r}.{suggestion(key, known)} It has: {list(known)}.'
      )
  return make(**kwargs)


def _own(folder: str, name: str) -> ModuleType:
  """The module of this package; its name may begin with an underscore, which no list shows."""
  package = f'onepunch_jax.{folder}'
  if name not in _modules(folder):
    names = available(folder)
    raise ValueError(
      f'No {folder} named {name!r}.{suggestion(name, names)} There are: {names}; a module of your '
      "own has a dotted name, as in 'mypackage.mymodule'."
    )
  return importlib.import_module(f'{package}.{name}')


def _imported(folder: str, name: str) -> ModuleType:
  try:
    return importlib.import_module(name)
  except ImportError as error:
    raise ValueError(
      f'The module {name!r}, which the config names for {folder}, cannot be imported ({error}): '
      'install its package, or start in the folder that has it.'
    ) from error


@functools.cache
def _available(folder: str) -> tuple[str, ...]:
  public = [n for n in _modules(folder) if not n.startswith('_')]
  return tuple(n for n in public if hasattr(_own(folder, n), EXPORTS[folder]))


def _modules(folder: str) -> list[str]:
  package = importlib.import_module(f'onepunch_jax.{folder}')
  return sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.ispkg)


def _plain(value: Any) -> Any:
  """A ConfigDict as a dict; a JSON list as the tuple that it was."""
  if isinstance(value, Mapping) or hasattr(value, 'to_dict'):
    return {k: _plain(v) for k, v in value.items()}
  return tuple(map(_plain, value)) if isinstance(value, list | tuple) else value
