"""Tries to hurt a process by its compilation cache: damaged, foreign and half-written entries.

    python -m benchmarks.compile_cache [--count=200] [--only=KIND,KIND] [--seed=0] [--unchecked]

Small programs are compiled into a folder. Then, COUNT times, their entries are cut off, have bits
turned, become noise, zeros or another program's; or the folder is emptied and two processes compile
the same programs into it at once; or a process that writes them is killed. After each try processes
run the programs by that cache. Prints for each kind how often all was read, how often something was
compiled anew, how often a result was wrong, and how often a process ended (it is started again).
With --unchecked JAX's own cache is tried instead of ours, which is what made ours necessary.
"""

import argparse
import collections
import json
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).parents[1]
PROGRAMS = 3
DAMAGES = ('cut off', 'bits', 'noise', 'zeros', 'foreign')
KINDS = (*DAMAGES, 'two at once', 'killed while writing')
OUTCOMES = ('read', 'compiled anew', 'wrong', 'ended')
UNCHECKED = '-cache'  # the end of the names of JAX's own entries


def work(folder: str, checked: bool) -> None:
  """A process that runs all programs by the cache whenever it is asked to, a line for each time."""
  import jax
  import jax.numpy as jnp
  from jax._src import compilation_cache as jax_cache

  from onepunch_jax.training import compilation_cache

  if checked:
    compilation_cache.use(folder, 0)
  else:
    jax.config.update('jax_compilation_cache_dir', folder)
    jax.config.update('jax_persistent_cache_min_compile_time_secs', 0)
    jax.config.update('jax_persistent_cache_min_entry_size_bytes', -1)
  hits: list[str] = []

  def listen(event, **_):
    if event.endswith('/cache_hits'):
      hits.append(event)

  jax.monitoring.register_event_listener(listen)
  for _ in sys.stdin:
    jax.clear_caches()
    jax_cache.reset_cache()
    hits.clear()
    x = np.linspace(0, 1, 49, dtype=np.float32).reshape(7, 7)
    found = [
      float(jax.jit(lambda x, n=n: jnp.sum(jnp.sin((n + 1) * x) @ jnp.cos(x)))(x))
      for n in range(PROGRAMS)
    ]
    print(json.dumps([found, len(hits)]), flush=True)


class Worker:
  """A process of `work`, started again when it ended."""

  def __init__(self, folder: pathlib.Path, checked: bool):
    self._command = [sys.executable, '-m', 'benchmarks.compile_cache', '--work', str(folder)]
    self._command += [] if checked else ['--unchecked']
    self._start()

  def _start(self) -> None:
    pipe = subprocess.PIPE
    self._process = subprocess.Popen(
      self._command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    )

  def ask(self) -> None:
    """Has it run the programs."""
    try:
      self._process.stdin.write('\n')
      self._process.stdin.flush()
    except OSError:
      pass  # it ended: `answer` says so

  def answer(self) -> tuple[list[float], int] | None:
    """(results, how many were read from the cache); None if the process ended."""
    line = self._process.stdout.readline()
    if not line:
      self.close()
      self._start()
      return None
    return tuple(json.loads(line))

  def close(self) -> None:
    self._process.kill()
    self._process.wait()


def write_forever(files: dict[str, bytes], checked: bool) -> None:
  """Writes entries as the cache does, again and again, until the process is killed."""
  from onepunch_jax.training.compilation_cache import DIGEST, SUFFIX, CheckedCache

  while True:
    for path, data in files.items():
      folder, name = os.path.split(path)
      if checked:
        CheckedCache(folder).put(name.removesuffix(SUFFIX), data[DIGEST:])
      else:
        pathlib.Path(path).write_bytes(data)


def damaged(kind: str, name: str, sound: dict[str, bytes], rng: np.random.Generator) -> bytes:
  """The content of an entry after a damage of one of DAMAGES."""
  data = bytearray(sound[name])
  if kind == 'cut off':
    return bytes(data[: rng.integers(len(data))])
  if kind == 'bits':
    for _ in range(1 + rng.integers(3)):
      data[rng.integers(len(data))] ^= 1 << rng.integers(8)
    return bytes(data)
  if kind == 'noise':
    return rng.bytes(int(rng.integers(1, 2 * len(data))))
  if kind == 'zeros':
    return bytes(len(data))
  others = [other for other in sound if other != name]
  return sound[others[rng.integers(len(others))]]


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--count', type=int, default=200)
  parser.add_argument('--seed', type=int, default=0)
  parser.add_argument('--only', default=','.join(KINDS))
  parser.add_argument('--unchecked', action='store_true')
  parser.add_argument('--work', default='', help='(of the processes that this starts)')
  options = parser.parse_args()
  if options.work:
    work(options.work, not options.unchecked)
    return
  rng, clock = np.random.default_rng(options.seed), time.monotonic()
  kinds = options.only.split(',')
  outcomes = {kind: collections.Counter() for kind in kinds}
  with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    workers = [Worker(folder, not options.unchecked) for _ in range(2)]
    try:
      for n in range(options.count):
        kind = kinds[n % len(kinds)]
        if n == 0:
          wanted, sound = _first(workers, folder, options.unchecked)
        _spoil(kind, sound, rng, not options.unchecked)
        asked = workers if kind == 'two at once' else workers[:1]
        for worker in asked:
          worker.ask()
        outcomes[kind][_outcome([worker.answer() for worker in asked], wanted)] += 1
      parts = len(list(folder.rglob('*.part')))
    finally:
      for worker in workers:
        worker.close()
  for kind, count in outcomes.items():
    print(f'{kind}: ' + ', '.join(f'{count[what]} {what}' for what in OUTCOMES))
  total = sum(outcomes.values(), collections.Counter())
  print(
    f'{total.total()} tries in {time.monotonic() - clock:.0f} s: '
    + ', '.join(f'{total[what]} {what}' for what in OUTCOMES)
    + f'; {parts} half-written files of killed processes, under names that nobody reads'
  )
  sys.exit(bool(total['wrong'] + total['ended']))


def _first(workers, folder, unchecked) -> tuple[list[float], dict[str, bytes]]:
  """The right results, and the sound entries by their paths."""
  from onepunch_jax.training.compilation_cache import SUFFIX

  for worker in workers:  # the second reads what the first wrote
    worker.ask()
    results, hits = worker.answer()
  assert hits == PROGRAMS, f'{hits} of {PROGRAMS} programs were read again'
  files = folder.rglob(f'*{UNCHECKED if unchecked else SUFFIX}')
  return results, {str(path): path.read_bytes() for path in sorted(files)}


def _spoil(kind: str, sound: dict[str, bytes], rng: np.random.Generator, checked: bool) -> None:
  for path, data in sound.items():
    pathlib.Path(path).write_bytes(data)
  if kind in DAMAGES:
    changed = {path: damaged(kind, path, sound, rng) for path in sound}
    for path, data in changed.items():
      pathlib.Path(path).write_bytes(data)
    return
  for path in sound:
    pathlib.Path(path).unlink()
  if kind == 'killed while writing':
    writer = multiprocessing.get_context('fork').Process(
      target=write_forever, args=(sound, checked), daemon=True
    )
    writer.start()
    while not any(map(os.path.exists, sound)):
      time.sleep(0.001)
    time.sleep(rng.uniform(0, 0.02))
    writer.kill()
    writer.join()


def _outcome(answers: list[tuple[list[float], int] | None], wanted: list[float]) -> str:
  if any(answer is None for answer in answers):
    return 'ended'
  if any(found != wanted for found, _ in answers):
    return 'wrong'
  return 'read' if all(hits >= PROGRAMS for _, hits in answers) else 'compiled anew'


if __name__ == '__main__':
  main()
