"""Every method on one budget of pictures seen, on `drawn` and on real pairs: the results table.

    ZOO_PAIRS=PATH python -m launch.sweep --sweep=launch/sweeps/zoo.py --output=runs/zoo
    python -m onepunch_jax.evaluate --table=runs/zoo

Without ZOO_PAIRS (a folder of pairs or record shards) on `drawn` only.  Killed and started again it
goes on; two hours on two CPU cores at most.
"""

import os

METHODS = ('pix2pix', 'pix2pix_gp', 'pix2pixhd', 'onepiece:gan', 'onepiece', 'zhang16:line', 'aae',
           'vaegan', 'sagan', 'cyclegan', 'onepunch', 'points', 'userhint', 'alacgan', 'anyhint',
           'tag2pix', 'style2paints', 'adain', 'scft')  # fmt: skip
PAIRS = os.environ.get('ZOO_PAIRS', '')


def sweep(add):
  for data in filter(None, ('drawn', PAIRS)):
    for method in METHODS:
      name, _, option = method.partition(':')
      options = filter(None, (option, 'zoo', f'data={data}'))
      add(config=f'configs/{name}.py:{",".join(options)}')
