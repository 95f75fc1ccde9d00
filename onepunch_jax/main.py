"""Train a method:  python -m onepunch_jax.main --config=configs/pix2pix.py --workdir=runs/x

The same command continues a run that stopped.  Exit codes: 0 done; 75 told to stop (SIGTERM),
saved, start me again; 1 an error, explained in one sentence.
"""

import os
import sys

import jax
from absl import app, flags
from ml_collections import config_flags

from onepunch_jax.log import log, show_log


def define_flags() -> None:
  config_flags.DEFINE_config_file('config', None, 'What to train.', lock_config=True)
  flags.DEFINE_string('workdir', None, 'Where checkpoints, logs and pictures go.')
  flags.DEFINE_bool('debug', False, 'Show the whole traceback of an error.')
  flags.mark_flags_as_required(['config', 'workdir'])


def main(argv):
  if len(argv) > 1:
    raise app.UsageError(f'What is {argv[1]!r}? Options start with --.')
  show_log()
  config = flags.FLAGS.config
  if config.compilation_cache:
    jax.config.update('jax_compilation_cache_dir', os.path.expanduser(config.compilation_cache))
    jax.config.update('jax_persistent_cache_min_compile_time_secs', 1.0)
  from onepunch_jax.train import train

  try:
    sys.exit(train(config, flags.FLAGS.workdir))
  except (ValueError, TypeError, FloatingPointError, OSError) as error:
    if flags.FLAGS.debug:
      raise
    log.error('%s', error)
    sys.exit(1)


if __name__ == '__main__':
  define_flags()
  app.run(main)
