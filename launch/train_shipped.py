"""Makes the weights that come with the package, from nothing to the published file.

    python -m launch.train_shipped --workdir=runs/shipped --option=gpu
    python -m launch.train_shipped --workdir=runs/shipped --option=overnight --minutes=10

Four steps, each done once: open art is downloaded and prepared (data_prep/recipes/open_art.py),
configs/region_tokens.py learns from procedural drawings (70 %) and open art (30 %), the checkpoint
is measured, and WORKDIR/NAME.safetensors is written. With --minutes the training stops after so
many and exits with 75: the same command goes on, bit for bit as if it had not stopped.
"""

import argparse
import os
import signal
import subprocess
import sys

from onepunch_jax.data.sources import ALL_TECHNIQUES
from onepunch_jax.training.processes import STOPPED

MIXTURE = '{own}*7+{art}*3'


def art(options: argparse.Namespace) -> str:
  """The folder of open art, prepared if it is not there."""
  if options.art:
    return options.art
  folder = os.path.join(options.workdir, 'open_art')
  if not os.path.exists(os.path.join(folder, 'dataset.json')):
    recipe = ['data_prep.recipes.open_art', f'--output={folder}', f'--count={options.art_count}']
    run(*recipe, *([f'--source={options.packages}'] if options.packages else []))
  return folder


def command(options: argparse.Namespace) -> list[str]:
  """The command of the training."""
  data = MIXTURE.format(own=ALL_TECHNIQUES, art=art(options))
  words = [options.option, f'data={data}', *([f'steps={options.steps}'] if options.steps else [])]
  config = f'--config=configs/region_tokens.py:{",".join(words)}'
  workdir = f'--workdir={os.path.join(options.workdir, "run")}'
  return [sys.executable, '-m', 'onepunch_jax.main', config, workdir, *options.flag]


def train(command: list[str], minutes: float) -> None:
  """Trains to the last step, or for so many minutes; then the program exits with 75."""
  process = subprocess.Popen(command)
  try:
    code = process.wait(60 * minutes or None)
  except subprocess.TimeoutExpired:
    process.send_signal(signal.SIGTERM)
    code = process.wait()
    if code == -signal.SIGTERM:  # it had not begun to learn: there is nothing to save
      code = STOPPED
  if code == STOPPED:
    print(f'Stopped after {minutes:g} minutes, all saved; the same command goes on.')
  if code:
    sys.exit(code)


def run(module: str, *words: str) -> None:
  """Runs a module of this project; its failure ends the program with its status."""
  done = subprocess.run([sys.executable, '-m', module, *words], check=False)
  if done.returncode:
    sys.exit(done.returncode)


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--workdir', required=True, help='where all of it goes')
  parser.add_argument(
    '--option', default='gpu', help='of the config: gpu, overnight, laptop, smoke'
  )
  parser.add_argument('--steps', type=int, default=0, help="instead of the option's own")
  parser.add_argument('--minutes', type=float, default=0, help='of a piece; 0 is to the end')
  parser.add_argument('--art', default='', help='data instead of open art')
  parser.add_argument('--art_count', type=int, default=400, help='drawings of each style, about')
  parser.add_argument('--packages', default='', help='a folder of the packages of open art')
  parser.add_argument('--name', default='region_tokens', help='of the weights')
  parser.add_argument('--date', default='', help='of the weights; default: of the commit')
  parser.add_argument('--limit', type=int, default=0, help='pictures that are measured; 0 is all')
  parser.add_argument('--flag', action='append', default=[], help='further flags of the training')
  options = parser.parse_args()
  train(command(options), options.minutes)
  trained = f'--checkpoint={os.path.join(options.workdir, "run")}'
  measured = os.path.join(options.workdir, 'evaluation')
  run('onepunch_jax.evaluate', trained, f'--output={measured}', f'--limit={options.limit}')
  output = os.path.join(options.workdir, f'{options.name}.safetensors')
  date = [f'--date={options.date}'] if options.date else []
  run('onepunch_jax.publish', trained, f'--name={options.name}', f'--output={output}', *date)


if __name__ == '__main__':
  main()
