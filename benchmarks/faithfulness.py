"""The table of docs/faithfulness.md: every method beside its original, in parameters and numbers.

    python -m benchmarks.faithfulness [--write]

Counts the parameters of our nets as the default configurations have them (those of originals were
counted once by running their code; `ROWS` keeps the numbers, with the commit), runs the tests that
compare outputs, gradients and losses (they need the extra `peers`, as PyTorch is the reference),
and prints a row for each net of each method: the largest difference over the largest entry. With
--write the table in docs/faithfulness.md is replaced. Where there is no PyTorch it says so.
"""

import argparse
import functools
import importlib
import pathlib
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
import pytest

from benchmarks.faithfulness_rows import ROWS, Row
from onepunch_jax import core, prepare, registry
from onepunch_jax.data import batch as batches

ROOT = pathlib.Path(__file__).parents[1]
DOCS = ROOT / 'docs' / 'faithfulness.md'
START, END = '<!-- faithfulness: start -->', '<!-- faithfulness: end -->'
HEAD = (
  'method',
  'net',
  'original',
  'parameters, theirs / ours',
  'output',
  'loss',
  'what is still different, and why',
)


class Measured(NamedTuple):
  """Of a net or its loss: the largest difference over the largest entry; None if not compared."""

  output: float | None = None
  loss: float | None = None


def parameters(row: Row) -> int:
  """How many parameters our net of a row has: that of the method's default configuration."""
  if row.section is not None:
    net = registry.net(row.section)

    def init(key):
      return net.init(key, *(jnp.zeros(shape) for shape in row.shapes), train=False)['params']

    return _size(jax.eval_shape(init, jax.random.key(0)))
  shapes = _of_method(row.config)
  return _size([shapes[net] for net in row.nets or shapes])


@functools.cache
def _of_method(config: str) -> dict:
  """Shapes of the parameters of all nets of a configuration, by name."""
  name, _, options = config.partition(':')
  found = importlib.import_module(f'onepunch_jax.configs.{name}').get_config(options or None)
  method, data = registry.method(found.method), found.data
  prepares = prepare.make(found.prepare)
  raw = batches.fake(data.train_keys, 2, data.load_size, data.tags, data.tokens)
  txs = {player.name: optax.identity() for player in method.players}

  def init(key, raw):
    prepared = prepares(raw, key, jnp.zeros((), jnp.int32))
    return core.init_state(method, txs, key, prepared).variables.params

  return jax.eval_shape(init, jax.random.key(0), jax.tree.map(jnp.asarray, raw))


def _size(tree) -> int:
  return sum(x.size for x in jax.tree.leaves(tree))


def measure(rows: Sequence[Row]) -> dict[Row, Measured]:
  """Runs the tests that compare; returns what they found.

  Raises:
    ValueError: there is no PyTorch, or a comparison failed.
  """
  try:
    import torch  # noqa: F401
  except ImportError:
    raise ValueError("The comparison needs PyTorch: pip install -e '.[test,peers]'.") from None
  from tests.peers import measured

  tests = sorted({test for row in rows for test in (*row.outputs, *row.losses)})
  options = ['-q', '-n', '0', '-p', 'no:cacheprovider', f'--rootdir={ROOT}']
  if pytest.main([*options, *(str(ROOT / test) for test in tests)]):
    raise ValueError('A comparison with PyTorch failed; see above.')

  def worst(tests: Sequence[str], kind: str) -> float | None:
    if not tests:
      return None
    return max(measured.FOUND[test][kind] for test in tests)

  return {row: Measured(worst(row.outputs, 'output'), worst(row.losses, 'loss')) for row in rows}


def table(rows: Sequence[Row], found: dict[Row, Measured]) -> Iterator[str]:
  """Lines of Markdown; cells of one method stand once."""
  yield f'| {" | ".join(HEAD)} |'
  yield '|---' * len(HEAD) + '|'
  before = ''
  for row in rows:
    of = found.get(row, Measured())
    cells = (
      row.method if row.method != before else '',
      row.net,
      row.original,
      count(row),
      number(of.output),
      number(of.loss),
      row.note,
    )
    before = row.method
    yield f'| {" | ".join(cells)} |'


def count(row: Row) -> str:
  """The cell of parameters."""
  theirs = f'{row.theirs:,}' if row.theirs else '-'
  return f'{theirs} / {parameters(row):,}'


def number(value: float | None) -> str:
  """A difference as a cell; '-' where nothing was compared."""
  if value is None:
    return '-'
  return f'{value:.0e}' if value else '0'


def written() -> list[str]:
  """The lines of the table in the documentation."""
  text = DOCS.read_text(encoding='utf-8')
  return text.partition(START)[2].partition(END)[0].strip().splitlines()


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--write', action='store_true')
  options = parser.parse_args()
  try:
    lines = list(table(ROWS, measure(ROWS)))
  except ValueError as error:
    sys.exit(str(error))
  print(*lines, sep='\n')
  if options.write:
    before, _, rest = DOCS.read_text(encoding='utf-8').partition(START)
    _, _, after = rest.partition(END)
    text = '\n'.join([before + START, '', *lines, '', END + after])
    DOCS.write_text(text, encoding='utf-8')


if __name__ == '__main__':
  main()
