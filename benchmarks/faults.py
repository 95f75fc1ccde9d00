"""Runs what went wrong for others and prints a line for each: right, or what is not.

    python benchmarks/faults.py --checkpoint=runs/pix2pix --input=FOLDER [--only=NAME,NAME]

FOLDER/NAME/ has the input of a case; cmd.txt there, the command, is for people: commands are below,
each with its check. Folders that are not there (25 pairs of drawings, trainA beside trainB) are
made here. Cases run in a copy of their folder, with the checkpoint as runs/pix2pix.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from typing import Any

import numpy as np
from PIL import Image

from onepunch_jax.images import archive, reader
from onepunch_jax.images.pixels import lightness
from onepunch_jax.ops import color
from onepunch_jax.pages import line_distance
from onepunch_jax.pages.levels import line_art
from onepunch_jax.regions.segment import segment

ROOT = pathlib.Path(__file__).resolve().parents[1]
COLORIZE = '-m onepunch_jax.colorize --checkpoint=runs/pix2pix'


class Case:
  """A copy of a case's folder in which commands run."""

  def __init__(self, folder, source, checkpoint):
    self.folder, self.source = pathlib.Path(folder), source
    if source.is_dir():
      shutil.copytree(source, self.folder, dirs_exist_ok=True, copy_function=shutil.copyfile)
    os.makedirs(self.folder / 'runs')
    os.symlink(checkpoint, self.folder / 'runs' / 'pix2pix')
    self.text, self.code = '', 0

  def run(self, command):
    """Runs `python COMMAND` in the folder; its text and exit code are kept."""
    done = subprocess.run(
      [sys.executable, *command.split()],
      capture_output=True,
      text=True,
      cwd=self.folder,
      env={**os.environ, 'PYTHONPATH': str(ROOT)},
    )
    self.text, self.code = done.stdout + done.stderr, done.returncode
    return self.code

  def color(self, arguments):
    return self.run(f'{COLORIZE} {arguments}')

  def rgb(self, name):
    with Image.open(self.folder / name) as image:
      flat = Image.new('RGBA', image.size, 'white')
      flat.alpha_composite(image.convert('RGBA'))
    return np.asarray(flat)[..., :3]

  def merged(self, name):
    with zipfile.ZipFile(self.folder / name) as book, book.open('mergedimage.png') as file:
      return np.asarray(Image.open(file).convert('RGB'))


def chroma(rgb: Any):
  lab = np.asarray(color.rgb_to_lab(rgb[::2, ::2].astype(np.float32) / 255))
  return float(np.hypot(lab[..., 1], lab[..., 2]).mean())


def alpha_ink(case: Case):
  case.color('--input=ink_alpha.png --output=out.png')
  return 'under alpha 0' in case.text or chroma(case.rgb('out.png')) > 2


def blue_pencil(case: Case):
  case.color('--input=bluepencil.png --output=out.png --drop_color=blue')
  return np.abs(case.rgb('out.png')[2:40, 300:400].astype(int) - 255).max() <= 1


def book_jxl(case: Case):
  case.color('--input=jxl.cbz --output=out.cbz')
  return case.code == 1 and '002.jxl' in case.text and '005.heic' in case.text


def bust_open(case: Case):
  case.color('--input=strip1.png --output=out.png')
  body = case.rgb('out.png')[820:890, 420:480]
  return chroma(body) > 2 and chroma(case.rgb('out.png')[:100, :100]) < 1


def chapter_order(case: Case):
  names = archive.members(case.folder / 'chapters.cbz')
  chapters = list(dict.fromkeys(name.split('/')[0] for name in names))
  case.color('--input=chapters.cbz --output=out.pdf')
  wanted = ['Chapter 1', 'Chapter 1 extra', 'Chapter 1.5', 'Chapter 2', 'Chapter 10']
  return chapters == wanted and len(archive.members(case.folder / 'out.pdf')) == 7


def comicinfo(case: Case):
  case.color('--input=mixed --output=out.cbz')
  with zipfile.ZipFile(case.folder / 'out.cbz') as book:
    return 'ComicInfo.xml' in book.namelist() and 'p2.jxl' in case.text and case.code == 1


def faint_pencil(case: Case):
  case.color('--input=faint.png --output=out.png')
  before, after = case.rgb('faint.png').astype(int), case.rgb('out.png').astype(int)
  inside = np.abs(after - before)[200:280, 220:330]  # the head
  return inside.max(-1).mean() > 5 and np.abs(after - before)[:60, :60].max() <= 1


def halo_dark(case: Case):
  case.color('--input=line3.png --palette=dark.json --output=out.ora')
  out = lightness(case.merged('out.ora'))
  fills = lightness(np.uint8([[0x10, 0x18, 0x40], [0x3A, 0x0A, 0x18]])).max()
  colored = (case.merged('out.ora').max(-1) < 250) & (case.rgb('line3.png').max(-1) > 250)
  near = np.zeros_like(colored)
  for axis in (0, 1):
    for step in range(-3, 4):
      near |= np.roll(colored, step, axis)
  paper = case.merged('out.ora').min(-1) > 250
  beside = np.zeros_like(paper)
  for axis in (0, 1):
    for step in range(-4, 5):
      beside |= np.roll(paper, step, axis)
  return out[near & ~beside].max() <= fills + 0.6


def regions_of(case: Case, name: str):
  rows = json.loads((case.folder / name).read_text())['colors']
  return sum(row['regions'] for row in rows)


def hatch(case: Case):
  """Beside the same drawing without hatching: as many regions, leg and body two.

  Leg and body may have one colour, as fur has, so they are looked up in the regions.
  """
  shutil.copy(case.source.parent / 'halo_dark' / 'line3.png', case.folder / 'plain.png')
  for name in ('plain', 'hatch'):
    case.color(f'--input={name}.png --flats --output={name}_out.png')
  plain, hatched = (regions_of(case, f'{name}_out.json') for name in ('plain', 'hatch'))
  line = line_art(reader.read(str(case.folder / 'hatch.png')).grey)
  labels = segment(line, distance=line_distance.predict(line), max_regions=None)
  print(f'    {plain} regions without hatching, {hatched} with it')
  return abs(hatched - plain) <= 0.2 * plain and labels[513, 405] != labels[513, 455]


def has_color(case: Case, name: str, rgb: Any):
  return (case.rgb(name) == np.array(rgb)).all(-1).mean()


def hint_faint(case: Case):
  case.color('--input=line3.png --flats --hints=h_faint.png --output=out.png')
  with Image.open(case.folder / 'h_faint.png') as image:
    hint = np.asarray(image)
  y, x = np.nonzero(hint[..., 3])
  return has_color(case, 'out.png', hint[y[0], x[0], :3]) > 0.005


def hint_group(case: Case):
  case.color('--input=line3.png --flats --hints=h_group.ora --output=out.png')
  rows = json.loads((case.folder / 'out.json').read_text())['colors']
  rgbs = [tuple(bytes.fromhex(row['rgb'][1:])) for row in rows]
  return any(r > 150 > 90 > b for r, _, b in rgbs) and any(b > 150 > 90 > r for r, _, b in rgbs)


def hint_layers(case: Case):
  case.color('--input=line3.png --hints=h_head.png --output=out.ora')
  return (case.merged('out.ora') == [40, 200, 40]).all(-1).mean() > 0.03


def hint_names(case: Case):
  case.color('--input=pages2 --flats --hints=hints2 --output=out')
  return 'page01.png' in case.text


def hint_spill(case: Case):
  right = True
  for name in ('box_k1', 'box_k3', 'box_k6'):
    case.color(f'--input=box.png --flats --hints={name}.png --output=out.png')
    out, green = case.rgb('out.png'), [30, 160, 60]
    right &= (out[150, 200] == green).all() and not (out[:, :145] == green).all(-1).any()
  return right


def hints_edited(case: Case):
  os.makedirs(case.folder / 'h')
  for name in ('red', 'green'):
    shutil.copy(case.folder / f'hints_{name}.png', case.folder / 'h' / 'page1.png')
    case.color('--input=hp --flats --hints=h --output=o')
  return '#28c828' in (case.folder / 'o' / 'page1.json').read_text()


def layered_in(case: Case):
  for name in ('art.ora', 'art.kra'):
    case.color(f'--input={name} --output=out.png')
    if case.code or case.rgb('out.png').shape != (704, 704, 3):
      return False
  case.color('--input=art.ora --output=own.ora')
  return case.color('--input=own.ora --output=again.png --force') == 0


def pdf_rotated(case: Case):
  case.color('--input=scan_rot90.pdf --output=out.png')
  return sorted(case.rgb('out.png').shape[:2]) == [1616, 2424]


def psd16(case: Case):
  case.color('--input=grey16.psd --output=out.png')
  return case.code == 0 and case.rgb('out.png').shape == (704, 704, 3)


def strip_long(case: Case):
  found = []
  with Image.open(case.folder / 'strip12.png') as image:
    one = np.asarray(image.convert('L'))
  Image.fromarray(np.concatenate([one] * 4)).save(case.folder / 'strip48.png')
  for name in ('strip12.png', 'strip48.png'):
    case.color(f'--input={name} --output=out.png')
    found.append(chroma(case.rgb('out.png')))
  out, height = case.rgb('out.png'), len(one)
  gutters = (np.concatenate([one] * 4) > 250).all(-1)
  white = (out[gutters] > 250).all(-1).mean() if gutters.any() else 1.0
  print(f'    chroma {found[0]:.2f} and {found[1]:.2f}, gutters white {white:.0%} of {height}')
  return found[1] > 0.9 * found[0] and white > 0.95


def symlink(case: Case):
  link = case.folder / 'symbook' / 'ch2'
  link.unlink()
  os.symlink(case.folder / 'elsewhere', link)
  case.color('--input=symbook --output=out')
  return case.code == 0 and (case.folder / 'out' / 'ch2' / 'p2.png').exists()


def tone_seam(case: Case):
  case.color('--input=wash.png --output=out.png')
  light, before = lightness(case.rgb('out.png'))[225], lightness(case.rgb('wash.png'))[225]
  y, run = before, slice(225, 445)
  ramp = np.flatnonzero((np.abs(np.diff(y[run])) < 2) & (y[run][1:] > 20) & (y[run][1:] < 95))
  steps = np.diff(light[run])[ramp]
  return len(ramp) > 30 and steps.max() <= 1.0 and steps.min() > -6


def drawings(case: Case, count: int):
  """Pairs of drawings: p/line and p/color."""
  for folder in ('line', 'color'):
    os.makedirs(case.folder / 'p' / folder)
  from onepunch_jax.synthetic import draw

  for n in range(count):
    drawing = draw(1, n, 64)
    for folder, key in (('line', 'line'), ('color', 'rgb')):
      picture = np.squeeze(drawing[key])
      Image.fromarray(picture).save(case.folder / 'p' / folder / f'{n}.png')


def tiny_no_val(case: Case):
  drawings(case, 25)
  return case.run('-m onepunch_jax.main --config=pix2pix:smoke,data=p --workdir=run') == 0


def train_longer(case: Case):
  drawings(case, 25)
  case.run('-m onepunch_jax.main --config=pix2pix:smoke,data=p --workdir=run')
  code = case.run('-m onepunch_jax.main --config=pix2pix:smoke,data=p,steps=8 --workdir=run')
  if code and '--extend' in case.text:
    code = case.run(
      '-m onepunch_jax.main --config=pix2pix:smoke,data=p,steps=8 --workdir=run --extend'
    )
  return code == 0


def data_moved(case: Case):
  drawings(case, 25)
  command = '-m onepunch_jax.main --config=pix2pix:smoke,data=p --workdir=run'
  case.run(command)
  os.makedirs(case.folder / 'kept')
  os.rename(case.folder / 'p', case.folder / 'kept' / 'p')
  return case.run(command) == 0 and 'are now at' in case.text


def tags_absent(case: Case):
  drawings(case, 25)
  case.run('-m onepunch_jax.main --config=tag2pix:smoke,data=p --workdir=run')
  return case.code == 0 and 'Tags are absent' in case.text


def run_damaged(case: Case):
  drawings(case, 25)
  case.run('-m onepunch_jax.main --config=pix2pix:smoke,data=p --workdir=run')
  (case.folder / 'run' / 'config.json').write_text('{"method": {"name": 5}')
  command = '-m onepunch_jax.colorize --checkpoint=run --input=p/line/0.png --output=out.png'
  return case.run(command) == 1 and 'restore it from a copy' in case.text


def train_a_train_b(case: Case):
  drawings(case, 9)
  os.makedirs(case.folder / 'cyc')
  os.rename(case.folder / 'p' / 'line', case.folder / 'cyc' / 'trainA')
  os.rename(case.folder / 'p' / 'color', case.folder / 'cyc' / 'trainB')
  code = case.run('-m data_prep.pairs --input=cyc --output=out --size=64')
  return '9' in case.text if code == 0 else 'trainA' in case.text


def webtoon_panels(case: Case):
  case.run('-m data_prep.folder --input=webtoon --output=out --size=128 --panels')
  strips = len(list((case.folder / 'webtoon').rglob('*.png')))
  found = re.search(r'(\d+) records', case.text)
  return case.code == 0 and found is not None and int(found[1]) >= 12 * strips


CASES = {
  name.replace('train_a_train_b', 'trainA_trainB'): check
  for name, check in list(globals().items())
  if callable(check)
  and getattr(check, '__code__', None) is not None
  and check.__code__.co_varnames[:1] == ('case',)
  and check.__code__.co_argcount == 1
}


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--checkpoint', required=True, type=pathlib.Path)
  parser.add_argument('--input', required=True, type=pathlib.Path)
  parser.add_argument('--only', default='', help='names of cases, with commas')
  options = parser.parse_args()
  wanted = options.only.split(',') if options.only else sorted(CASES)
  right = 0
  for name in wanted:
    clock, why = time.monotonic(), ''
    with tempfile.TemporaryDirectory() as folder:
      case = Case(folder, options.input / name, options.checkpoint.resolve())
      try:
        good = bool(CASES[name](case))
      except Exception as error:
        good, why = False, f' {type(error).__name__}: {error}'
      if 'Traceback' in case.text:
        good, why = False, why + ' Traceback'
      last = ' | '.join(case.text.replace('\r', '\n').strip().splitlines()[-2:])[-180:]
    right += good
    seconds = time.monotonic() - clock
    print(f'{"right" if good else "WRONG"} {name} ({seconds:.0f} s){why} {last}', flush=True)
  print(f'{right} of {len(wanted)} right.')
  sys.exit(0 if right == len(wanted) else 1)


if __name__ == '__main__':
  main()
