"""Builds the package that pyproject.toml describes.

The experiments in configs/ go into the wheel as onepunch_jax/configs, so that no global name
`configs` is installed; in a checkout onepunch_jax.configs finds them where they are.
"""

import pathlib
import shutil

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithConfigs(build_py):
  """Copies configs/*.py into the package that is built."""

  def run(self) -> None:
    super().run()
    if not self.editable_mode:
      target = pathlib.Path(self.build_lib, 'onepunch_jax', 'configs')
      for file in pathlib.Path('configs').glob('*.py'):
        shutil.copy(file, target / file.name)


setup(cmdclass={'build_py': BuildWithConfigs})
