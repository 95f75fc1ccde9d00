"""Publish a checkpoint: one file of float16 weights with all that others need to know of it.

    onepunch publish --checkpoint=runs/region --name=region_tokens --output=region.safetensors

The file has the configuration, the names of the tags, the training command and commit, a hash of
the training data's manifests (data/manifest.py), licence, credits, a date, and SHA-256 of the
tensors (weights/packed.py). The same run gives the same bytes: the date is the commit's, or
--date. Folders of this machine are left out of paths. It is read wherever a run is, and, put into
onepunch_jax/weights/, by its name.
"""

import datetime
import json
import os
import re
import sys
from typing import Any

import jax
from absl import app, flags

from onepunch_jax.data import manifest, mixed, records, vocabulary
from onepunch_jax.data.sources import SYNTHETIC
from onepunch_jax.log import log, show_log
from onepunch_jax.training import origin
from onepunch_jax.weights import packed
from onepunch_jax.weights.runs import load_config, load_for_inference

LICENSE = 'Apache-2.0'


def publish(
  run: str,
  path: str,
  *,
  name: str,
  step: int | str = 'latest',
  license: str = LICENSE,
  command: str = '',
  commit: str = '',
  date: str = '',
) -> int:
  """Writes what `colorize` needs of a run's checkpoint.

  Args:
    run: the --workdir of training, or a file of weights.
    path: the file, which ends in .safetensors.
    name: what the weights are called.
    step: a step, 'latest' or 'best'.
    license: of the weights.
    command: of the training; '': as the run's folder has it.
    commit: of the code that trained; '': as the run's folder has it, else of this checkout.
    date: of creation, as 2026-11-28; '': of the commit.

  Returns:
    The size of the file in bytes.

  Raises:
    ValueError: there is no such run, or something is not known that must be; the message names it.
  """
  if not re.fullmatch(r'[a-z][a-z0-9_]*', name):
    raise ValueError(f'--name={name}: a name has small letters, digits and _ only.')
  known = packed.read_facts(run) if packed.is_packed(run) else origin.read(run)
  command = command or known.get('command', '')
  if not command:
    raise ValueError(f"{run}: the command that trained it is not known; give --command='...'.")
  commit = commit or known.get('commit', '') or origin.commit()
  if not commit:
    raise ValueError(f'{run}: the commit of the code that trained it is not known; give --commit.')
  date = date or known.get('created', '') or origin.date_of(commit)
  try:
    datetime.date.fromisoformat(date)
  except ValueError:
    raise ValueError(f'--date={date}: give the day of creation as --date=2026-11-28.') from None
  config = load_config(run)
  facts = {
    'name': name,
    'license': license,
    'command': origin.without_folders(command),
    'commit': commit,
    'created': date,
  }
  if packed.is_packed(run):
    facts |= {key: known[key] for key in ('data', 'credits') if key in known}
  else:
    data = manifests(run, config.data.path)
    credits = sorted({credit for _, _, found in data for credit in found})
    listed = [{'path': part, 'sha256': sha256} for part, sha256, _ in data]
    facts |= {'data': json.dumps(listed), 'credits': json.dumps(credits, ensure_ascii=False)}
  loaded = load_for_inference(run, step)
  v = jax.device_get(loaded.variables)
  nets = {net: (v.params[net], v.stats[net]) for net in loaded.method.exports}
  text = json.dumps(public(config.to_dict()), sort_keys=True)
  packed.write(path, nets, text, vocabulary.load(run), facts)
  return os.path.getsize(path)


def manifests(run: str, data: str) -> list[tuple[str, str, list[str]]]:
  """(name, hash of its manifest, credits with licences) of each part of config.data.path.

  Drawings made here have no manifest: the commit makes them, and the hash is ''.

  Args:
    run: the --workdir of training, which keeps the hashes (data/manifest.py).
    data: config.data.path.

  Raises:
    ValueError: nothing says what a folder held.
  """
  found, kept = [], manifest.load(run)
  for part, _ in mixed.parse(data):
    if part in SYNTHETIC:
      found.append((part, '', []))
      continue
    digest = kept.get(part) or (manifest.manifest(part) if os.path.isdir(part) else '')
    if not digest:
      raise ValueError(
        f'{part}: the training data are not there, and {run} does not know what they held; publish '
        'where the data are.'
      )
    facts = records.read_info(part) if records.is_prepared(part) else {}
    credits = [f'{c["credit"]} ({c["license"]})' for c in facts.get('credits', ())]
    found.append((origin.without_folders(part), digest, credits))
  return found


def public(value: Any) -> Any:
  """A configuration in which absolute paths are the names of their files."""
  if isinstance(value, dict):
    return {key: public(inner) for key, inner in value.items()}
  if isinstance(value, list | tuple):
    return [public(inner) for inner in value]
  return origin.without_folders(value) if isinstance(value, str) else value


def define_flags() -> None:
  """The flags of this command."""
  flags.DEFINE_string('checkpoint', '', 'The --workdir of training, or a file to publish anew.')
  flags.DEFINE_string('step', 'latest', "Which checkpoint: a step, 'latest' or 'best'.")
  flags.DEFINE_string('name', '', 'What the weights are called.')
  flags.DEFINE_string('output', '', 'The file; default: NAME.safetensors.')
  flags.DEFINE_string('license', LICENSE, 'Of the weights.')
  flags.DEFINE_string('command', '', "The training command; default: as the run's folder has it.")
  flags.DEFINE_string(
    'commit', '', "Of the code that trained; default: as the run's folder has it."
  )
  flags.DEFINE_string('date', '', 'Of creation, as 2026-11-28; default: of the commit.')


def main(_) -> None:
  """Writes the file."""
  show_log()
  options = flags.FLAGS
  try:
    if not (options.checkpoint and options.name):
      raise ValueError('Give --checkpoint=RUN and --name=NAME.')
    path = options.output or options.name + packed.SUFFIX
    size = publish(
      options.checkpoint,
      path,
      name=options.name,
      step=options.step,
      license=options.license,
      command=options.command,
      commit=options.commit,
      date=options.date,
    )
    digest = packed.read_facts(path)['sha256']
    print(f'{path}: {size / 1e6:.1f} MB, SHA-256 of its tensors {digest}.')
  except (ValueError, OSError) as error:
    log.error('%s', error)
    sys.exit(1)


if __name__ == '__main__':
  define_flags()
  app.run(main)
