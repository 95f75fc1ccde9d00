"""The learning rates of pix2pix's two players.

python -m launch.sweep --sweep=launch/sweeps/pix2pix_lr.py
"""

from collections.abc import Callable

CONFIG = 'configs/pix2pix.py:laptop'


def sweep(add: Callable[..., None]):
  for g in (1e-4, 2e-4, 4e-4):
    for d in (1e-4, 2e-4):
      add(**{'optim.g.lr': g, 'optim.d.lr': d})
