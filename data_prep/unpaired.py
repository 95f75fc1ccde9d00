"""Two folders that show different pictures, scans and colourings -> two datasets for CycleGAN.

    python -m data_prep.unpaired --scans=manga --colors=anime --output=prepared/unpaired --size=256

Writes OUTPUT/line (records with a grey 'line') and OUTPUT/color (records with 'rgb'); both are
datasets like any other. Near-duplicates are looked for inside each domain.
"""

from __future__ import annotations

import dataclasses
import os
import sys

from absl import app, flags

from data_prep import execute, options
from data_prep.folder import Folder
from data_prep.plan import Job, command_line


def jobs(f) -> dict[str, Job]:
  """The two jobs by domain, from parsed flags."""
  shared = {
    'size': f.size,
    'fit': f.fit,
    'crops': f.crops,
    'bars': f.bars,
    'source': f.source,
    'max_pixels': f.max_pixels,
    'license': f.license,
    'credit': f.credit,
  }
  rules = options.rules(f)
  recipes = {
    'line': Folder(
      f.scans,
      domain='line',
      **shared,
      rules=dataclasses.replace(rules, min_color=0, line_art=False),
    ),
    'color': Folder(f.colors, rules=rules, **shared),
  }
  return {
    name: Job(
      recipe,
      os.path.join(f.output, name),
      f.num_shards,
      f.rgb,
      f.duplicates,
      f.val,
      f.test,
      (),
      f.timeout,
      command_line(),
    )
    for name, recipe in recipes.items()
  }


def main(argv) -> None:
  f = flags.FLAGS
  try:
    for job in jobs(f).values():
      info = execute.run(
        job,
        workers=f.workers,
        runner=f.runner,
        shard_index=f.shard_index,
        restart=f.restart,
        beam_args=tuple(f.beam_args),
      )
      if info:
        print(options.summary(job.output, info))
  except (ValueError, OSError) as error:
    sys.exit(f'error: {error}')


if __name__ == '__main__':
  options.define_common('', size=256, needs_input=False)
  options.define_reading()
  flags.DEFINE_string('scans', None, 'folder of scans or line art', required=True)
  flags.DEFINE_string('colors', None, 'folder of colour pictures', required=True)
  flags.DEFINE_string('source', 'auto', 'what never straddles splits (see data_prep.folder)')
  app.run(main)
