"""Run a sweep: one training per point, side by side, resumed where it stopped.

    python -m launch.sweep --sweep=launch/sweeps/pix2pix_lr.py --output=runs/lr [--workers=2]
                           [--dry_run] [--print_for=slurm|tpu] [--point=3] [--metric=...]

A sweep file has `CONFIG`, the --config of every point, and `sweep(add)`, which calls add once per
point:

    CONFIG = 'configs/pix2pix.py:laptop'

    def sweep(add):
      for lr in (1e-4, 2e-4):
        add(**{'optim.g.lr': lr})

Each point trains in a folder of its own below --output.  A point that is done is not run again; one
that failed is marked, reported and, on the next start, tried again.  SIGTERM and Ctrl-C let the
running points save.  A sweep that is killed leaves its points training: started again, it waits
for them.  The end is a table of the points by --metric (sweep.md) and a chart (sweep.png).
"""

import concurrent.futures
import dataclasses
import fcntl
import importlib.util
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading

from absl import app, flags
from tqdm import tqdm

from launch import results

DONE, FAILED, LOG = 'done.json', 'failed.txt', 'log.txt'
running: list[subprocess.Popen] = []
stop_asked = threading.Event()


@dataclasses.dataclass(frozen=True)
class Point:
  """One training: its folder and its command line."""

  name: str
  workdir: str
  config: str
  overrides: tuple[tuple[str, object], ...]

  @property
  def command(self) -> list[str]:
    options = [f'--config.{k}={v}' for k, v in self.overrides]
    main = [sys.executable, '-m', 'onepunch_jax.main']
    return [*main, f'--config={self.config}', f'--workdir={self.workdir}', *options]

  def path(self, name: str) -> str:
    return os.path.join(self.workdir, name)


def read(path: str, output: str) -> list[Point]:
  """The points of a sweep file, in its order.

  Raises:
    ValueError: no such file, no `sweep` in it, no points, or one point twice.
  """
  if not os.path.isfile(path):
    raise ValueError(f'There is no sweep file {path!r}.')
  spec = importlib.util.spec_from_file_location('sweep_file', path)
  module = importlib.util.module_from_spec(spec)
  spec.loader.exec_module(module)
  if not hasattr(module, 'sweep'):
    raise ValueError(f'{path} defines no sweep(add).')
  points = []

  def add(config: str = '', **overrides):
    config = config or getattr(module, 'CONFIG', '')
    if not config:
      raise ValueError(f'{path}: give add(config=...) or a CONFIG for all points.')
    experiment = os.path.splitext(os.path.basename(config.split(':')[0]))[0]
    parts = [experiment, *(f'{k}={v}' for k, v in overrides.items())]
    if config != getattr(module, 'CONFIG', ''):
      parts[1:1] = filter(None, [config.partition(':')[2]])
    name = re.sub(r'[^\w.=+-]+', '_', '-'.join(parts))
    points.append(Point(name, os.path.join(output, name), config, tuple(overrides.items())))

  module.sweep(add)
  names = [p.name for p in points]
  if not points or len(set(names)) < len(names):
    raise ValueError(f'{path} has no points, or one of them twice: {names}.')
  return points


def run(point: Point) -> str:
  """Trains one point unless it is done; returns 'done', 'failed' or 'stopped'."""
  if os.path.exists(point.path(DONE)):
    return 'done'
  os.makedirs(point.workdir, exist_ok=True)
  if os.path.exists(point.path(FAILED)):
    os.remove(point.path(FAILED))
  with open(point.path(LOG), 'a', encoding='utf-8') as log:
    fcntl.flock(log, fcntl.LOCK_EX)  # the training inherits it: nobody else starts this point
    if stop_asked.is_set():
      return 'stopped'
    training = subprocess.Popen(point.command, stdout=log, stderr=log, start_new_session=True)
    running.append(training)
    code = training.wait()
    running.remove(training)
  if code == 0:
    with open(point.path(DONE), 'w', encoding='utf-8') as f:
      json.dump({'command': shlex.join(point.command)}, f)
    return 'done'
  if code in (75, -15, -2):  # asked to stop, saved
    return 'stopped'
  with open(point.path(FAILED), 'w', encoding='utf-8') as f:
    f.write(f'exit code {code}\n')
  return 'failed'


def stop(*_) -> None:
  """Tells the running points to save and end, and starts no other."""
  stop_asked.set()
  for training in list(running):
    training.terminate()


def run_all(points: list[Point], workers: int) -> dict[str, str]:
  """Trains the points, `workers` at a time; {name: how it ended}."""
  ends = {}
  with concurrent.futures.ThreadPoolExecutor(workers) as pool:
    started = {pool.submit(run, p): p for p in points}
    bar = tqdm(concurrent.futures.as_completed(started), total=len(points), unit='point')
    for future in bar:
      point = started[future]
      ends[point.name] = future.result()
      if ends[point.name] == 'failed':
        tqdm.write(f'failed: {point.name}, see {point.path(LOG)}', file=sys.stderr)
  return {p.name: ends[p.name] for p in points}


def print_for(cluster: str, path: str, output: str, points: list[Point]) -> str:
  """The commands that run the sweep on a cluster, to be looked at and then run."""
  if cluster == 'slurm':
    one = f'python -m launch.sweep --sweep={path} --output={output} --point=$SLURM_ARRAY_TASK_ID'
    wrapped = shlex.quote(f'srun {one}')
    return f'sbatch --array=0-{len(points) - 1} --requeue --signal=TERM@120 --wrap={wrapped}'
  lines = []
  for number, point in enumerate(points):
    arguments = shlex.join(point.command[3:])
    lines.append(f'launch/tpu_pod.sh --name=sweep-{number} run -- {arguments}')
  return '\n'.join(lines)


def define_flags() -> None:
  flags.DEFINE_string('sweep', None, 'The sweep file.', required=True)
  flags.DEFINE_string('output', '', 'Where the points train; default: runs/<sweep file>.')
  flags.DEFINE_integer('workers', 1, 'Points at a time.', lower_bound=1)
  flags.DEFINE_integer('point', -1, 'Run only the point of this number.')
  flags.DEFINE_bool('dry_run', False, 'Print the command lines and run nothing.')
  flags.DEFINE_enum('print_for', '', ['', 'slurm', 'tpu'], 'Print the commands for a cluster.')
  flags.DEFINE_string('metric', 'val/model/psnr_foreground', 'What the table is sorted by.')


def main(_: list[str]):
  options = flags.FLAGS
  stem = os.path.splitext(os.path.basename(options.sweep))[0]
  output = options.output or os.path.join('runs', stem)
  try:
    points = read(options.sweep, output)
    if options.point >= len(points):
      raise ValueError(f'--point={options.point}, but the sweep has {len(points)} points from 0.')
  except ValueError as error:
    sys.exit(str(error))
  if options.print_for:
    print(print_for(options.print_for, options.sweep, output, points))
    return
  if options.dry_run:
    print('\n'.join(shlex.join(p.command) for p in points))
    return
  for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, stop)
  chosen = points if options.point < 0 else [points[options.point]]
  ends = run_all(chosen, options.workers)
  if options.point < 0:
    print(results.write({p.name: p.workdir for p in points}, ends, options.metric, output))
  sys.exit(0 if set(ends.values()) == {'done'} else 1)


if __name__ == '__main__':
  define_flags()
  app.run(main)
