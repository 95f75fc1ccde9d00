"""Train a method:  python -m onepunch_jax.main --config=configs/pix2pix.py --workdir=runs/x

The same command continues a run that stopped, on any number of devices and processes. Exit codes:
0 done; 75 asked to stop (SIGTERM), all saved at one step, start again; 76 another process is lost,
start all again; 1 an error, in one sentence. A process that was killed is missed at once, as its
connection breaks; one that hangs, or whose host is gone, after --lost_after seconds. Where JAX's
runtime notices first, it ends the process by SIGABRT (134), which means the same as 76.
"""

import os
import sys

import jax
from absl import app, flags
from ml_collections import config_flags

from onepunch_jax import configs
from onepunch_jax.log import log, show_log
from onepunch_jax.reports.tables import table
from onepunch_jax.training import compilation_cache, malloc, origin, processes


def define_flags() -> None:
  flags.DEFINE_enum('distributed', 'auto', ['auto', 'on', 'off'], 'Join other processes.')
  flags.DEFINE_string('coordinator', '', 'host:port of process 0, where there is no cluster.')
  flags.DEFINE_integer('num_processes', 0, 'How many processes there are, with --coordinator.')
  flags.DEFINE_integer('process_id', -1, 'Which of them this is, with --coordinator.')
  flags.DEFINE_integer('join_timeout', 300, 'Seconds to wait for the other processes.')
  flags.DEFINE_integer('lost_after', 100, 'Seconds without a sign of life from a process.')
  config_flags.DEFINE_config_file(
    'config', None, 'What to train: a file or a name, e.g. pix2pix:laptop.', lock_config=True
  )
  flags.DEFINE_string('workdir', None, 'Where checkpoints, logs and pictures go.')
  flags.DEFINE_string('profile', '', 'Steps to trace for xprof, as FIRST:END.')
  flags.DEFINE_bool('extend', False, 'Let a run go on with more steps than it was started with.')
  flags.DEFINE_bool('debug', False, 'Show the whole traceback of an error.')
  flags.mark_flags_as_required(['config', 'workdir'])


def parse_flags(argv: list[str]) -> list[str]:
  """Parses the command line, with experiments by name; an error is one sentence and exit code 1.

  Args:
    argv: the command and its arguments.

  Returns:
    The arguments that are no flags.
  """
  argv = list(argv)
  try:
    for i, argument in enumerate(argv):
      flag, equals, value = argument.partition('=')
      if flag.lstrip('-') == 'config' and argument.startswith('-'):
        if equals:
          argv[i] = f'{flag}={configs.locate(value)}'
        elif i + 1 < len(argv):
          argv[i + 1] = configs.locate(argv[i + 1])
    return flags.FLAGS(argv)
  except (flags.Error, ValueError) as error:
    if '--debug' in argv:
      raise
    show_log()
    # ml_collections puts the traceback of a config into the message; its last line is the error
    log.error('%s', str(error).strip().splitlines()[-1].removeprefix('ValueError: '))
    sys.exit(1)


def main(argv: list[str]) -> None:
  """Trains, and exits with the code of how it ended."""
  if len(argv) > 1:
    raise app.UsageError(f'What is {argv[1]!r}? Options start with --.')
  show_log()
  malloc.keep_freed()
  options = flags.FLAGS
  try:
    processes.join(
      options.distributed,
      coordinator=options.coordinator,
      num_processes=options.num_processes,
      process_id=options.process_id,
      join_timeout=options.join_timeout,
      lost_after=options.lost_after,
    )
    compilation_cache.use(options.config.compilation_cache)
    from onepunch_jax.training.loop import train

    if jax.process_index() == 0:
      origin.record(options.workdir, sys.argv)
    result = train(options.config, options.workdir, options.profile, options.extend)
    if result.stopped:
      sys.exit(processes.STOPPED)
    if jax.process_index() == 0:
      rows = {k.removeprefix('val/'): v for k, v in result.metrics.items()}
      where = f'{options.config.method.name} on {options.config.data.path} val'
      print(table(rows, f'{where}, step {result.step}'))
      print(f'Pictures: {os.path.join(options.workdir, "samples")}')
    sys.exit(0)
  except (ValueError, TypeError, FloatingPointError, OSError, RuntimeError) as error:
    if options.debug:
      raise
    if isinstance(error, RuntimeError) and not processes.is_lost(error):
      raise
    if processes.is_lost(error):
      log.error('Another process of this run is gone; start the same command on all of them.')
      os._exit(processes.LOST)  # the runtime would wait for the one that is gone
    log.error('%s', error)
    sys.exit(1)


if __name__ == '__main__':
  define_flags()
  app.run(main, flags_parser=parse_flags)
