"""The most expensive operations of what was traced, by the names that the program gives them."""

import collections
import glob
import gzip
import json
import os
import re
from typing import NamedTuple

import jax


class Operation(NamedTuple):
  """One instruction of a compiled program.

  Attributes:
    name: of the instruction, as the compiler calls it.
    source: the operation of the program that it computes, with the modules around it.
    share: of the time of all instructions.
    seconds: in all of the trace.
  """

  name: str
  source: str
  share: float
  seconds: float


def most_expensive(folder: str, compiled: jax.stages.Compiled, count: int = 5) -> list[Operation]:
  """The instructions of a program that took longest in a trace, the longest first.

  Args:
    folder: of `jax.profiler.trace(folder, create_perfetto_trace=True)`, around calls of `compiled`.
    compiled: the program.
    count: at most so many.

  Raises:
    ValueError: the folder holds no such trace.
  """
  files = glob.glob(os.path.join(folder, '**', 'perfetto_trace.json.gz'), recursive=True)
  if not files:
    raise ValueError(f'{folder} has no perfetto_trace.json.gz.')
  with gzip.open(max(files, key=os.path.getmtime)) as file:
    events = json.load(file)['traceEvents']
  sources = _sources(compiled.as_text() or '')
  time: collections.Counter[str] = collections.Counter()
  for event in events:
    if event.get('ph') == 'X' and event['name'] in sources:
      time[event['name']] += event['dur'] / 1e6
  whole = sum(time.values())
  return [Operation(n, sources[n], s / whole, s) for n, s in time.most_common(count)]


def _sources(text: str) -> dict[str, str]:
  """{instruction: operation of the program} of a compiled module's text."""
  found = {}
  for line in text.splitlines():
    instruction = re.match(r'\s*(?:ROOT )?%?([\w.\-]+) = ', line)
    if instruction and not re.search(r' (conditional|while|call)\(', line):  # hold others
      metadata = re.search(r'op_name="([^"]*)"', line)
      name = metadata[1] if metadata else ''
      found[instruction[1]] = re.sub(r'jit\([^)]*\)/', '', name) or 'made by the compiler'
  return found
