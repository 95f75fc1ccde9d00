"""Line-art colorization: train a colorizer, colour a page.

from onepunch_jax import Colorizer
colored = Colorizer.load()(Image.open('page.png'))  # with the weights that come with the package
colored = Colorizer('runs/pix2pix')(Image.open('page.png'))
"""

import typing

if typing.TYPE_CHECKING:
  from onepunch_jax.pages.colorizer import Colorizer
  from onepunch_jax.pages.palette import Palette
  from onepunch_jax.pages.sample import sample_page

__version__ = '0.2.0'

__all__ = ['Colorizer', 'Palette', '__version__', 'sample_page']
_HOME = {
  'Colorizer': 'onepunch_jax.pages.colorizer',
  'Palette': 'onepunch_jax.pages.palette',
  'sample_page': 'onepunch_jax.pages.sample',
}


def __getattr__(name: str) -> typing.Any:
  """Imports on first use, so that the package itself imports nothing."""
  if name in _HOME:
    import importlib

    return getattr(importlib.import_module(_HOME[name]), name)
  raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
