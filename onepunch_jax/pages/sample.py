"""The page of line art that comes with the package, to try a colorizer on.

It is our own (launch/draw_sample.py) and under the licence of the package.
"""

import importlib.resources

from PIL import Image


def sample_path() -> str:
  """The PNG, 1200 x 1800."""
  return str(importlib.resources.files('onepunch_jax.pages') / 'sample.png')


def sample_page() -> Image.Image:
  """The page, mode L."""
  with Image.open(sample_path()) as image:
    return image.convert('L')
