"""Characters of the npm package comicgen: a pose and an expression laid over each other.

The package's README gives its characters under CC0 by their names; the folders in colour are the
same characters under other names, which it does not list. So they count as what the whole package
is licensed as: MIT.
"""

import re
from collections.abc import Mapping, Sequence

from data_prep.svg import roles
from data_prep.svg.drawing import Source
from data_prep.svg.read import parse
from data_prep.svg.shapes import shapes

ZOOM = (1.0, 1.7)
LICENSE = 'MIT'
CREDIT = 'comicgen, Copyright 2019 Gramener, characters by Ramya Mylavarapu'
# Character -> the folder that has it in colour, and what its colours are for.
COLORED = {
  'dee': ('deenuova', {(249, 230, 200): 'skin', (188, 209, 236): 'shirt'}),
  'dey': (
    'deynuovo',
    {(238, 221, 197): 'skin', (134, 102, 83): 'trousers', (189, 197, 154): 'shirt'},
  ),
  'priya': ('priyanuova', {(239, 223, 211): 'skin', (87, 16, 16): 'hair'}),
  'ringo': ('ringonuovo', {(189, 164, 142): 'skin', (139, 159, 220): 'shirt'}),
}
_ROLES = {noun: roles.role_of_noun(noun) for noun in ('skin', 'shirt', 'trousers', 'hair')}
_BOX = re.compile(r'<svg\b[^>]*\bviewBox="([^"]+)"[^>]*>')


def drawings(files: Mapping[str, bytes], characters: Sequence[str]) -> list[tuple[str, str, str]]:
  """All (character, pose, expression) of some characters, sorted; the two are paths in it.

  Args:
    files: path in the package -> content.
    characters: of COLORED.
  """
  found: dict[tuple[str, str], dict[str, list[str]]] = {}
  folders = {COLORED[c][0]: c for c in characters}
  for path in sorted(files):
    match = re.match(r'package/svg/(\w+)/(\w+)/(pose|emotion)/([\w-]+)\.svg$', path)
    if match and match.group(1) in folders:
      folder, angle, kind, _ = match.groups()
      sides = found.setdefault((folders[folder], angle), {'pose': [], 'emotion': []})
      sides[kind].append(path)
  return [
    (character, pose, emotion)
    for (character, _), sides in sorted(found.items())
    for pose in sides['pose']
    for emotion in sides['emotion']
  ]


def source(files: Mapping[str, bytes], character: str, pose: str, emotion: str) -> Source:
  """One drawing of a character.

  Args:
    files: path in the package -> content.
    character, pose, emotion: as `drawings` gives them.

  Raises:
    SvgError: it cannot be drawn.
  """
  texts = [_content(files[path].decode(), f'{i}-') for i, path in enumerate((emotion, pose))]
  box = _BOX.search(files[pose].decode())
  svg = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    f'viewBox="{box.group(1) if box else "0 0 500 600"}">{"".join(texts)}</svg>'
  )
  document = parse(svg, pose)
  marks = COLORED[character][1]
  own = {noun: rgb for rgb, noun in marks.items()}
  used = {noun: _ROLES[noun] for noun in own}
  gender = '1boy' if character in ('dey', 'ringo') else '1girl'
  return Source(
    document, shapes(document, pose), used, marks, own, True, [gender], LICENSE, CREDIT, ZOOM
  )


def _content(text: str, prefix: str) -> str:
  """What is inside of the `svg` element, with ids that no other file has."""
  start = re.search(r'<svg\b[^>]*>', text)
  inner = text[start.end() : text.rindex('</svg>')] if start else ''
  inner = re.sub(r'\bid="', f'id="{prefix}', inner)
  return re.sub(r'(url\(#|href="#)', rf'\g<1>{prefix}', inner)
