"""Weights that come with the package, by name."""

import importlib.resources
import os

from onepunch_jax.weights.packed import SUFFIX, is_packed

DEFAULT = 'region_tokens'


def names() -> list[str]:
  """The names of the weights that come with the package, sorted."""
  folder = importlib.resources.files('onepunch_jax.weights')
  return sorted(f.name.removesuffix(SUFFIX) for f in folder.iterdir() if is_packed(f.name))


def path(name: str = DEFAULT) -> str:
  """The file of the weights of that name."""
  return str(importlib.resources.files('onepunch_jax.weights') / (name + SUFFIX))


def find(run: str | os.PathLike = DEFAULT) -> str:
  """The run, or file of weights, that a name or path means.

  Args:
    run: the --workdir of training, a file of weights, or the name of weights that come with the
      package; '' is the first of these. What exists as a path is that path.

  Raises:
    ValueError: there is none; the message lists the names.
  """
  run = os.fspath(run) or DEFAULT
  if os.path.exists(run) or '://' in run:
    return run
  if run in names():
    return path(run)
  if is_packed(run):
    raise ValueError(f'{run}: there is no such file.')
  raise ValueError(
    f'{run!r} is no run (the --workdir of training), no file of weights, and no name of weights '
    f'that come with the package: {", ".join(names())}.'
  )
