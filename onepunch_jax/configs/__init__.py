"""The experiments by name: `onepunch_jax.configs.pix2pix` is configs/pix2pix.py.

In a checkout the files are in configs/ beside the package, in a wheel they are in this folder.
`configs` is no global name: a config of one's own says `from onepunch_jax.configs import common`.
"""

import difflib
import os
import pathlib
import pkgutil

_HERE = pathlib.Path(__file__).parent
if not (_HERE / 'common.py').exists():
  __path__.append(str(_HERE.parents[1] / 'configs'))


def available() -> list[str]:
  """The names of the experiments that come with the package, sorted."""
  names = (m.name for m in pkgutil.iter_modules(__path__))
  return sorted(n for n in names if n != 'common' and not n.startswith('_'))


def locate(value: str) -> str:
  """The --config of a file or of an experiment by name, as a path: 'pix2pix:laptop' and so on.

  A file of that path comes first, then the package's experiment of that name, so that
  'configs/pix2pix.py' works outside of a checkout too.

  Args:
    value: 'FILE.py' or 'NAME', with or without ':OPTIONS'.

  Raises:
    ValueError: there is neither; the message lists the experiments.
  """
  path, colon, options = value.partition(':')
  if os.path.isfile(path):
    return value
  folder, name = os.path.split(path)
  name = name.removesuffix('.py')
  if folder in ('', 'configs'):
    for place in __path__:
      found = os.path.join(place, f'{name}.py')
      if os.path.isfile(found):
        return found + colon + options
  close = difflib.get_close_matches(name, available(), n=1)
  guess = f' Did you mean {close[0]!r}?' if close and close[0] != name else ''
  raise ValueError(
    f'No config {path!r}.{guess} Give a file, or the name of an experiment: '
    f'{", ".join(available())}.'
  )
