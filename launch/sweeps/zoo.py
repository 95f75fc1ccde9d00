"""Every method on one budget of pictures, half of them synthetic, half real: the results table.

    ZOO_PAIRS=PATH python -m launch.sweep --sweep=launch/sweeps/zoo.py --output=runs/zoo --workers=2
    python -m onepunch_jax.evaluate --table=runs/zoo

Without ZOO_PAIRS (a folder of pairs or record shards) of synthetic drawings only.  All read line
art, those that were made for grey pages too (`:line`).  Killed and started again it goes on; about
two hours on two CPU cores.
"""

import os
from collections.abc import Callable

METHODS = (
  'pix2pix',
  'pix2pix_gp',
  'pix2pixhd',
  'onepiece:line',
  'zhang16:line',
  'aae',
  'vaegan',
  'sagan',
  'cyclegan',
  'onepunch',
  'points:line',
  'userhint',
  'alacgan',
  'anyhint',
  'tag2pix',
  'style2paints',
  'adain',
  'scft',
  'region_tokens',
)
UNPAIRED = ('cyclegan',)  # half of the drawings give their colours, the others their lines
PAIRS = os.environ.get('ZOO_PAIRS', '')


def sweep(add: Callable[..., None]):
  data = f'synthetic+{PAIRS}' if PAIRS else 'synthetic'
  for method in METHODS:
    name, _, option = method.partition(':')
    scans = f'unpaired={data}' if name in UNPAIRED else ''
    options = ','.join(filter(None, (option, 'zoo', f'data={data}', scans)))
    add(config=f'configs/{name}.py:{options}')
