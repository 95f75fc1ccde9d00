"""Pack a checkpoint into one float16 file (`weights/packed.py`), for others to colour with.

python -m onepunch_jax.training.pack --checkpoint=runs/region --output=region.safetensors
"""

import os
import sys

import jax
from absl import app, flags

from onepunch_jax.data import vocabulary
from onepunch_jax.log import log, show_log
from onepunch_jax.weights import packed
from onepunch_jax.weights.runs import load_config, load_for_inference


def pack(run: str, path: str, step: int | str = 'latest') -> int:
  """Writes what `colorize` needs of a run's checkpoint; returns the size in bytes."""
  loaded = load_for_inference(run, step)
  v = jax.device_get(loaded.variables)
  nets = {name: (v.params[name], v.stats[name]) for name in loaded.method.exports}
  packed.write(path, nets, load_config(run).to_json(), vocabulary.load(run))
  return os.path.getsize(path)


def define_flags() -> None:
  """The flags of this command."""
  flags.DEFINE_string('checkpoint', '', 'The --workdir of training.')
  flags.DEFINE_string('step', 'latest', "Which checkpoint: a step, 'latest' or 'best'.")
  flags.DEFINE_string('output', '', 'The file, which ends in .safetensors.')


def main(_) -> None:
  """Writes the file."""
  show_log()
  options = flags.FLAGS
  try:
    if not (options.checkpoint and options.output):
      raise ValueError('Give --checkpoint=RUN and --output=FILE.safetensors.')
    size = pack(options.checkpoint, options.output, options.step)
    log.info('%s: %.1f MB.', options.output, size / 1e6)
  except (ValueError, OSError) as error:
    log.error('%s', error)
    sys.exit(1)


if __name__ == '__main__':
  define_flags()
  app.run(main)
