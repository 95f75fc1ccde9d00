"""Flags that the commands share, and the end of every command: run, then say what came out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from absl import flags

from data_prep import execute, fit, tagging
from data_prep.cleaning import Rules
from data_prep.plan import Job, command_line
from onepunch_jax.images import reader


def define_common(
  what: str, size: int = 512, duplicates: int = 3, rgb: str = 'jpeg', needs_input: bool = True
) -> None:
  """Flags of every command that writes record shards."""
  flags.DEFINE_string('input', None if needs_input else '', what, required=needs_input)
  flags.DEFINE_string('output', None, 'directory for the record shards', required=True)
  flags.DEFINE_integer('size', size, 'height and width of the records', lower_bound=8)
  flags.DEFINE_enum(
    'rgb',
    rgb,
    ['jpeg', 'png', 'raw'],
    'how colour is stored: jpeg is small, png '
    'lossless (flat colour), raw large and fastest to read',
  )
  flags.DEFINE_integer(
    'duplicates',
    duplicates,
    'near-duplicates: pictures within so many of 64 perceptual bits; -1 keeps them',
    lower_bound=-1,
    upper_bound=16,
  )
  flags.DEFINE_float('val', 0.05, 'share of the sources in split val')
  flags.DEFINE_float('test', 0.0, 'share of the sources in split test')
  flags.DEFINE_string('license', '', 'licence of the pictures, kept in every record')
  flags.DEFINE_string('credit', '', 'credit text, kept in every record')
  flags.DEFINE_string('tags', '', 'vocabulary file of data_prep.tags: tags become multi-hot')
  flags.DEFINE_integer('workers', 0, 'processes; 0 is one per core (the bytes are the same)')
  flags.DEFINE_integer('num_shards', 0, 'shards per split at most; 0: by the number of items')
  flags.DEFINE_integer(
    'shard_index',
    None,
    'write this shard only (SLURM array); the same command without it finishes the dataset',
  )
  flags.DEFINE_enum('runner', 'local', ['local', 'beam'], 'what runs the shards')
  flags.DEFINE_list('beam_args', [], "options for Beam ('--runner=FlinkRunner,...')")
  flags.DEFINE_float('timeout', 120, 'seconds after which reading one file is given up')
  flags.DEFINE_bool('restart', False, 'throw away what this output holds')


def define_reading(rules_too: bool = True) -> None:
  """Flags of commands that read pictures of any size."""
  flags.DEFINE_enum(
    'fit',
    'letterbox',
    fit.FITS,
    'letterbox: the whole picture and a mask; cover: the largest square; crops: several squares',
  )
  flags.DEFINE_integer('crops', 4, 'squares per picture with --fit=crops', lower_bound=1)
  flags.DEFINE_integer('max_pixels', reader.MAX_PIXELS, 'refuse larger pictures')
  if not rules_too:
    return
  rules = Rules()
  flags.DEFINE_bool('bars', True, 'cut letter-box bars off')
  flags.DEFINE_integer('min_size', rules.min_size, 'leave out: short side below this; 0 is off')
  flags.DEFINE_float('max_aspect', rules.max_aspect, 'leave out: longer strips; 0 is off')
  flags.DEFINE_float(
    'min_color',
    rules.min_color,
    'leave out: pictures this near to grey (mean level of 255); 0 is off',
  )
  flags.DEFINE_bool('line_art', rules.line_art, 'leave out: pictures that are line art already')
  flags.DEFINE_bool('blank', rules.blank, 'leave out: pictures that show nothing')


def rules(f) -> Rules:
  """Cleaning rules from parsed flags."""
  return Rules(f.min_size, f.max_aspect, f.min_color, f.line_art, f.blank)


def main(argv: list[str], recipe: Callable) -> None:
  """Runs the command: recipe(flags) -> Recipe. Errors that are the user's end in one sentence."""
  if len(argv) > 1:
    sys.exit(f'what is {argv[1:]}? all options are --name=value')
  os.environ.setdefault('JAX_PLATFORMS', 'cpu')  # workers must not take accelerators
  f = flags.FLAGS
  try:
    job = Job(
      recipe(f),
      f.output,
      f.num_shards,
      f.rgb,
      f.duplicates,
      f.val,
      f.test,
      tagging.read_vocabulary(f.tags) if f.tags else (),
      f.timeout,
      command_line(),
    )
    info = execute.run(
      job,
      workers=f.workers,
      runner=f.runner,
      shard_index=f.shard_index,
      restart=f.restart,
      beam_args=tuple(f.beam_args),
    )
  except (ValueError, OSError) as error:
    sys.exit(f'error: {error}')
  if info:
    print(summary(f.output, info))


def summary(output: str, info: dict) -> str:
  """What a preparation gave, for people."""
  splits = ', '.join(f'{n} {s}' for s, n in info['splits'].items())
  size = sum(s['bytes'] for s in info['shards'])
  lines = [
    f'{output}: {sum(info["splits"].values())} records ({splits}) in '
    f'{len(info["shards"])} shards, {size / 1e6:.1f} MB'
  ]
  if info['rejected']:
    lines.append(f'  {info["rejected"]} files rejected: {output}/rejected.jsonl says why')
  if info['left_out']:
    counts = ', '.join(f'{n} {rule}' for rule, n in info['left_out'].items())
    lines.append(f'  left out by rules: {counts} ({output}/left_out.jsonl)')
  if info.get('other_files'):
    lines.append(f'  {info["other_files"]} files of other kinds passed over')
  if info.get('unknown_tags'):
    lines.append(f'  {info["unknown_tags"]} tags are not in the vocabulary')
  lines += [f'  note: {note}' for note in info['notes']]
  if not sum(info['splits'].values()):
    lines.append('  nothing is left to train on: see the two files above')
  return '\n'.join(lines)
