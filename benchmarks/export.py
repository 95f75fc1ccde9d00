"""Exports a checkpoint in both formats, runs them in fresh processes, compares and weighs them.

    python -m benchmarks.export --checkpoint=runs/pix2pix

The processes import JAX or TensorFlow and never this project (they say so at their end); they get
batches and sizes of several shapes.  Prints sizes, seconds and the largest difference.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

import jax
import numpy as np

from onepunch_jax import export
from tests.commands.test_export import RUN

ROOT = pathlib.Path(__file__).parents[1]
SHAPES = ((1, 1, 1), (3, 2, 4), (2, 5, 3))  # batch, and sides over the net's multiple


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--checkpoint', required=True)
  options = parser.parse_args()
  paint, variables, multiple = export.painter(options.checkpoint)
  here = jax.jit(paint)
  rng = np.random.default_rng(0)
  with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    for kind, name in (('stablehlo', 'm.stablehlo'), ('savedmodel', 'm_tf')):

      def run(*command, cwd):
        return subprocess.run(
          [sys.executable, *command], cwd=cwd, check=True, capture_output=True, text=True
        )

      clock = time.monotonic()
      run(
        '-m',
        'onepunch_jax.export',
        f'--checkpoint={options.checkpoint}',
        f'--format={kind}',
        f'--output={folder / name}',
        cwd=ROOT,
      )
      seconds, worst, shapes = time.monotonic() - clock, 0.0, []
      for pair in (SHAPES[:2], SHAPES[1:]):
        lines = [rng.random((b, h * multiple, w * multiple, 1), np.float32) for b, h, w in pair]
        for n, line in enumerate(lines):
          np.save(folder / f'in{n}.npy', line)
        run('-c', RUN.format(kind=kind), str(folder), cwd=folder)
        for n, line in enumerate(lines):
          out = np.load(folder / f'out{n}.npy')
          worst = max(worst, float(np.abs(out - here(variables, line)).max()))
          shapes.append(line.shape[:3])
      print(
        f'{kind}: {export.size_of(str(folder / name)) / 2**20:.1f} MiB, exported in '
        f'{seconds:.0f} s, largest difference {worst:.1e} over {sorted(set(shapes))}',
        flush=True,
      )


if __name__ == '__main__':
  main()
