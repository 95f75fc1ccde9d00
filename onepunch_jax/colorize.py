"""Colour pictures with a checkpoint:

    python -m onepunch_jax.colorize --checkpoint=runs/pix2pix --input=PATH --output=PATH

A picture gives a picture, a folder a folder of PNGs (subfolders kept).  Any size: the picture is
padded with paper to what the net takes, run, and cropped.  A picture that cannot be read is
reported and left out; the others are coloured, and the exit code is then 1.
"""

import os
import sys
from collections.abc import Callable, Iterator

import jax
import numpy as np
from absl import app, flags
from PIL import Image
from tqdm import tqdm

from onepunch_jax.checkpoint import load_for_inference
from onepunch_jax.data.batch import cast
from onepunch_jax.log import log, show_log
from onepunch_jax.pages import io

def painter(workdir: str, step: int | str = 'latest') -> Callable[[np.ndarray], np.ndarray]:
  """A function uint8 line art [H, W, 1] -> uint8 sRGB [H, W, 3], of any size.

  Raises:
    ValueError: there is no such checkpoint, or its method reads more than line art.
  """
  method, variables, config = load_for_inference(workdir, step)
  if set(method.reads) - {'line'}:
    raise ValueError(f'{config.method.name} reads {method.reads}, not line art alone.')
  key = jax.random.key(config.seed)
  paint = jax.jit(lambda v, line: method.colorize(v, cast({'line': line}), key))

  def colorize(line: np.ndarray) -> np.ndarray:
    height, width = line.shape[:2]
    up = lambda n: -(-n // method.multiple) * method.multiple
    top, left = (up(height) - height) // 2, (up(width) - width) // 2
    pads = (top, up(height) - height - top), (left, up(width) - width - left), (0, 0)
    padded = np.pad(line, pads, constant_values=255)
    rgb = np.asarray(paint(variables, padded[None])[0])
    rgb = rgb[top : top + height, left : left + width]
    return np.uint8(np.clip(rgb, 0, 1) * 255 + 0.5)

  return colorize


def find(source: str, target: str) -> Iterator[tuple[str, str]]:
  """(input file, output file) for a picture or for all pictures below a folder.

  Raises:
    ValueError: there is nothing at `source`.
  """
  if os.path.isfile(source):
    name = os.path.splitext(os.path.basename(source))[0] + '.png'
    yield source, os.path.join(target, name) if os.path.isdir(target) else target
    return
  if not os.path.isdir(source):
    raise ValueError(f'There is no file or folder {source!r}.')
  for folder, folders, names in os.walk(source):
    folders.sort()
    for name in sorted(n for n in names if n.lower().endswith(io.SUFFIXES)):
      inner = os.path.relpath(os.path.join(folder, name), source)
      yield os.path.join(folder, name), os.path.join(target, os.path.splitext(inner)[0] + '.png')


def colorize_files(paint: Callable, files: list[tuple[str, str]]) -> int:
  """Colours (input, output) files; returns how many could not be."""
  bad = 0
  for source, target in tqdm(files, unit='picture', disable=len(files) < 2):
    try:
      rgb = paint(io.to_grey(io.read(source).rgb))
      os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
      Image.fromarray(rgb).save(target)
    except (ValueError, OSError) as error:
      log.error('%s', error)
      bad += 1
  return bad


def define_flags() -> None:
  flags.DEFINE_string('checkpoint', None, 'The --workdir of training.', required=True)
  flags.DEFINE_string('step', 'latest', "Which checkpoint: a step, 'latest' or 'best'.")
  flags.DEFINE_string('input', None, 'A picture or a folder.', required=True)
  flags.DEFINE_string('output', None, 'The coloured picture (.png) or folder.', required=True)


def main(_):
  show_log()
  given = flags.FLAGS
  try:
    files = list(find(given.input, given.output))
    if not files:
      raise ValueError(f'No pictures below {given.input!r}.')
    bad = colorize_files(painter(given.checkpoint, given.step), files)
  except (ValueError, TypeError, OSError) as error:
    log.error('%s', error)
    sys.exit(1)
  print(f'{len(files) - bad} of {len(files)} coloured: {given.output}')
  sys.exit(1 if bad else 0)


if __name__ == '__main__':
  define_flags()
  app.run(main)
