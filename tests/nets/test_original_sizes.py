"""Nets have as many parameters as docs/faithfulness.md says, and as their originals."""

import pytest

from benchmarks import faithfulness
from benchmarks.faithfulness_rows import ROWS
from onepunch_jax import registry

NAMES = [f'{row.method} {row.net}' for row in ROWS]
EQUAL = (  # net for net the original's, to the parameter
  'alacgan generator',
  'alacgan critic, 512 px',
  'pix2pix discriminator',
  'points network',
  'sagan generator (VGG-19)',
  'sagan discriminator, colours alone',
  'tag2pix generator (`secat`), 115 tags',
  'tag2pix discriminator, 485 tags',
  'tag2pix classifier of lines, its half',
  'zhang16 classifier, 313 bins',
)


@pytest.mark.parametrize('row', ROWS, ids=NAMES)
def test_the_documentation_has_the_parameters(row):
  cells = dict(zip(NAMES, (line.split(' | ') for line in faithfulness.written()[2:])))
  assert cells[f'{row.method} {row.net}'][3] == faithfulness.count(row)


@pytest.mark.parametrize('name', EQUAL)
def test_as_many_parameters_as_the_original(name):
  row = ROWS[NAMES.index(name)]
  assert faithfulness.parameters(row) == row.theirs


def test_every_method_has_a_row():
  methods = {row.method.partition(':')[0] for row in ROWS}
  assert methods == set(registry.available('methods')) and len(set(NAMES)) == len(ROWS)
