"""Which guides a checkpoint can use: others are an error that names the methods that can."""

from typing import Any

from onepunch_jax import registry
from onepunch_jax.core import Method
from onepunch_jax.pages.reference import Reference, read_references


def check_hints(method: Method) -> None:
  """Raises a ValueError where the method uses no colour hints."""
  if 'hint' not in method.inputs:
    raise ValueError(
      f'This checkpoint uses no colour hints; methods that do: {_methods_with("hint")}. With '
      '--flats (flats=True), or a layered output, hints set the colours of regions, and with white '
      '(#ffffff) ones they stay paper.'
    )


def check_samples(method: Method) -> None:
  """Raises a ValueError where the method has one colouring of a page."""
  if 'sample' not in method.optional_inputs:
    raise ValueError(
      'This checkpoint has one colouring of a page; methods that have several: '
      f'{_methods_with("sample")}.'
    )


def check_no_shading(kind: str) -> None:
  """Raises a ValueError where a checkpoint that does not colour by regions is to shade."""
  if kind != 'off':
    raise ValueError(
      f'This checkpoint shades by itself; shading {kind!r} is for those that colour by regions: '
      'runs of configs/region_tokens.py.'
    )


def check_session(by_regions: bool) -> None:
  """Raises a ValueError where a checkpoint does not colour by regions."""
  if not by_regions:
    raise ValueError(
      'A session needs a checkpoint that colours by regions: a run of configs/region_tokens.py.'
    )


def check_tags(method: Method) -> None:
  """Raises a ValueError where the method uses no tags."""
  if 'tags' not in method.inputs:
    raise ValueError(f'This checkpoint uses no tags; methods that do: {_methods_with("tags")}.')


def references(method: Method, pictures: Any, several: bool) -> tuple[Reference, ...]:
  """Reads references (`pages.reference.read_references`).

  Args:
    method: of the checkpoint.
    pictures: the references, or None.
    several: whether it can use more than one.

  Raises:
    ValueError: the method has no reference, or only one; or one that is named cannot be used.
    TypeError: one is no picture.
  """
  if pictures is None or (isinstance(pictures, list | tuple) and not pictures):
    return ()
  if 'reference' not in method.inputs and not several:
    raise ValueError(
      f'This checkpoint uses no reference; methods that do: {_methods_with("reference")}.'
    )
  found = read_references(pictures)
  if len(found) > 1 and not several:
    raise ValueError(
      f'This checkpoint uses one reference, and there are {len(found)}; runs of '
      'configs/region_tokens.py use several.'
    )
  return found


def _methods_with(key: str) -> str:
  return ', '.join(registry.methods_with(key))
