"""Every config's :smoke run to its end, with its evaluation and pictures.

python benchmarks/smoke.py [NAME ...]
"""

import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parents[1]


def main():
  files = (ROOT / 'configs').glob('*.py')
  names = sys.argv[1:] or sorted(f.stem for f in files if f.stem not in ('common', '__init__'))
  failed = []
  for name in names:
    with tempfile.TemporaryDirectory() as workdir:
      start = time.perf_counter()
      command = [sys.executable, '-m', 'onepunch_jax.main', f'--config=configs/{name}.py:smoke']
      done = subprocess.run(
        [*command, f'--workdir={workdir}'], cwd=ROOT, capture_output=True, text=True, check=False
      )
      pictures = len(list((pathlib.Path(workdir) / 'samples').glob('*.png')))
    good = done.returncode == 0 and pictures > 0
    failed += [] if good else [name]
    print(
      f'{name:14s} exit {done.returncode}, {pictures} pictures, '
      f'{time.perf_counter() - start:.0f} s',
      flush=True,
    )
    if not good:
      print(done.stderr[-2000:])
  sys.exit(f'failed: {failed}' if failed else 0)


if __name__ == '__main__':
  main()
