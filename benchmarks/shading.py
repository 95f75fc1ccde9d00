"""How well shadow and light are found on held-out drawings, and what shading is worth.

    python benchmarks/shading.py                          # 200 drawings of 256 px
    python benchmarks/shading.py --sheet=shading.png      # and a sheet of the first ones to look at

The drawings of seed 1 are in no training set; those without shading are left out. IoU is that of
masks at half of their full strength, over all pixels of all drawings. PSNR is that of the colour
picture where there is no ink, by flats alone, by flats with the masks found, and with the true
masks under the same tints.
"""

import argparse

import numpy as np
from PIL import Image

from launch.train_shading import targets
from onepunch_jax.pages import line_distance, shading
from onepunch_jax.synthetic.draw import draw
from onepunch_jax.synthetic.style import style_of

SEED, FIRST, SIZE = 1, 5000, 256


def psnr(a: np.ndarray, b: np.ndarray, where: np.ndarray) -> float:
  error = (a[where].astype(float) - b[where]) ** 2
  return 10 * np.log10(255**2 / max(error.mean(), 1e-3))


def row(record: dict, sun: tuple[float, float]) -> np.ndarray:
  """A drawing: line, flats, flats in cel and in soft shading, the finished picture."""
  line, flats = record['line'][..., 0], record['flat']
  distance = line_distance.predict(line)
  made = [shading.shade(flats, line, distance, kind, sun=sun) for kind in ('off', 'cel', 'soft')]
  inked = [np.round(m * (line[..., None] / 255)).astype(np.uint8) for m in made]
  return np.concatenate([np.repeat(line[..., None], 3, -1), *inked, record['rgb']], 1)


def measure(count: int, sheet: str) -> None:
  """Prints the table for `count` shaded drawings; writes the sheet of the first 12."""
  overlap = {kind: np.zeros((2, 2)) for kind in ('cel', 'soft')}
  psnrs: dict[str, list[list[float]]] = {'cel': [], 'soft': []}
  rows, index = [], FIRST
  while sum(map(len, psnrs.values())) < count:
    style, _ = style_of(SEED, index)
    record = draw(SEED, index, SIZE)
    index += 1
    if style.shading == 'flat':
      continue
    line, flats, kind = record['line'][..., 0], record['flat'], style.shading
    distance = line_distance.predict(line)
    found = shading.masks(flats, line, distance, kind, style.light)
    true = shading.Masks(*np.moveaxis(targets(record, style.depth) / np.float32(255), -1, 0))
    for n, (a, b) in enumerate(zip(found, true)):
      overlap[kind][n] += ((a > 0.5) & (b > 0.5)).sum(), ((a > 0.5) | (b > 0.5)).sum()
    no_ink = line > 200
    made = (flats, shading.lay(flats, found), shading.lay(flats, true))
    psnrs[kind].append([psnr(picture, record['rgb'], no_ink) for picture in made])
    if len(rows) < 12:
      rows.append(row(record, style.light))
  print('| shading | drawings | IoU shadow | IoU light | PSNR flats | found | true masks |')
  print('|---|---|---|---|---|---|---|')
  for kind, values in psnrs.items():
    iou = overlap[kind][:, 0] / np.maximum(overlap[kind][:, 1], 1)
    cells = ' | '.join(f'{v:.2f}' for v in np.mean(values, 0))
    print(f'| {kind} | {len(values)} | {iou[0]:.3f} | {iou[1]:.3f} | {cells} |')
  if sheet:
    Image.fromarray(np.concatenate(rows)).save(sheet)


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--count', type=int, default=200, help='drawings that have shading')
  parser.add_argument('--sheet', default='', help='a picture to write')
  options = parser.parse_args()
  measure(options.count, options.sheet)


if __name__ == '__main__':
  main()
