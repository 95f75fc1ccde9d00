"""Characters and the recipe of open art: roles, licences, and nothing held out in training."""

import dataclasses
import hashlib
import io
import json
import os
import tarfile
import zipfile

import numpy as np
import pytest

pytest.importorskip('resvg_py', reason='no renderer here: pip install -e .[vector]')
pytest.importorskip('dicebear', reason='no character styles here: pip install -e .[vector]')

from data_prep import characters, plan, work
from data_prep.plan import Job
from data_prep.recipes import comicgen, faces_js, held_out, icon_park, packages
from data_prep.recipes.open_art import OpenArt
from data_prep.svg.records import colorings
from onepunch_jax.data import records
from onepunch_jax.synthetic.tags import VOCABULARY

HELD = [f'long{i:02d}' for i in range(1, 27) if held_out.is_held_out(f'long{i:02d}')]
FREE = [f'long{i:02d}' for i in range(1, 27) if not held_out.is_held_out(f'long{i:02d}')]


def path(d, role):
  return {
    'type': 'element',
    'name': 'path',
    'attributes': {'d': d, 'fill': {'type': 'color', 'name': role}},
  }


def definition(variants):
  hairs = {v: {'elements': [path('M10 10h80v30h-80z', 'hair')]} for v in variants}
  return {
    'meta': {
      'license': {'name': 'CC0 1.0', 'url': 'https://example.org', 'text': 'Hair by Ada'},
      'creator': {'name': 'Ada', 'url': 'https://example.org'},
      'source': {'name': 'Hair', 'url': 'https://example.org'},
    },
    'canvas': {
      'width': 100,
      'height': 100,
      'elements': [
        path('M20 20h60v70h-60z', 'skin'),
        path('M20 88h60v3h-60z', 'ink'),
        {'type': 'component', 'name': 'hair'},
      ],
    },
    'components': {'hair': {'width': 100, 'height': 100, 'variants': hairs}},
    'colors': {
      'hair': {'values': ['#aa2211', '#2211aa']},
      'skin': {'values': ['#eebb99', '#553322']},
      'ink': {'values': ['#000000']},
    },
  }


FACES = {
  kind: {'none': '', 'a': f'<path d="M{x} {x}h60v60h-60z" fill="$[skinColor]" stroke="#000"/>'}
  for x, kind in enumerate(
    'hairBg body jersey ear head eyeLine smileLine miscLine facialHair eye eyebrow mouth nose hair '
    'glasses'.split(),
    100,
  )
}
FACES['hair'] = {'b': '<path d="M90 40h200v90h-200z" fill="$[hairColor]" stroke="#000"/>'}
ICON = (
  'return \'<?xml version="1.0"?>\' + \'<svg width="\' + props.size + \'" viewBox="0 0 48 48" '
  'fill="none" xmlns="http://www.w3.org/2000/svg">\' + \'<rect x="8" y="8" width="32" '
  'height="32" fill="\' + props.colors[1] + \'" stroke="\' + props.colors[0] + \'" '
  "stroke-width=\"' + props.strokeWidth + '\"/>' + '</svg>';\n});"
)
COMIC = (
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 600"><defs><mask id="a"><rect '
  'width="500" height="600" fill="#fff"/></mask></defs><g mask="url(#a)"><path d="M100 '
  '100h300v400h-300z" fill="#f9e6c8"/></g><path d="M100 100h300v9h-300z"/></svg>'
)


def files():
  icons = [{'name': 'red-book', 'author': 'Ada'}]
  return {
    'icon-park': {
      'package/LICENSE': 'Apache License',
      'package/icons.json': json.dumps(icons),
      'package/es/icons/RedBook.js': ICON,
      'package/es/icons/Empty.js': ICON.replace('colors[1]', 'colors[0]'),
    },
    'facesjs': {
      'package/LICENSE': 'Licensed under the  Apache License, Version 2.0',
      'package/build/svgs.js': '// x\nexport default {\n'
      + ',\n'.join(f'  {kind}: {json.dumps(named)}' for kind, named in FACES.items())
      + '\n};\n',
    },
    'comicgen': {
      'package/LICENSE': 'Copyright 2019 Gramener\n\nPermission is hereby granted, free of charge',
      **{
        f'package/svg/{folder}/straight/{kind}/x.svg': COMIC
        for folder, _ in comicgen.COLORED.values()
        for kind in ('pose', 'emotion')
      },
    },
  }


@pytest.fixture
def folder(tmp_path, monkeypatch):
  """A folder of tiny packages, pinned in place of the real ones."""
  out = tmp_path / 'packages'
  out.mkdir()
  pinned = {}
  for name, package in packages.PACKAGES.items():
    target = out / package.file
    if name == 'dicebear':
      with zipfile.ZipFile(target, 'w') as wheel:
        wheel.writestr(package.license_file, package.says)
        for style in ('adventurer', 'micah', 'moods'):
          wheel.writestr(f'dicebear_styles/{style}.json', json.dumps(definition(HELD + FREE)))
    else:
      with tarfile.open(target, 'w:gz') as archive:
        for member, text in files()[name].items():
          info = tarfile.TarInfo(member)
          info.size = len(text.encode())
          archive.addfile(info, io.BytesIO(text.encode()))
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    pinned[name] = dataclasses.replace(package, sha256=digest)
  monkeypatch.setattr(packages, 'PACKAGES', pinned)
  packages.read.cache_clear()
  characters.load.cache_clear()
  characters._style.cache_clear()
  yield str(out)
  packages.read.cache_clear()
  characters.load.cache_clear()


ONLY = 'adventurer,micah,moods,facesjs,icon-park,comicgen'


def prepare(tmp_path, folder, part):
  recipe = OpenArt(folder, part, count=24, size=48, colorings=2, only=ONLY)
  output = str(tmp_path / part)
  job = Job(recipe, output, shards=2, rgb='png', duplicates=-1)
  schedule = plan.make(job)
  work.begin(job, schedule)  # in this process: others know the real packages only
  for i in range(schedule.shards):
    work.write_shard(job, i, schedule.shards, schedule.shard(i))
  info = work.finish(job, schedule)
  kept = [s for s, n in info['splits'].items() if n]
  sets = [records.Records(output, s) for s in kept]
  return info, [r[i] for r in sets for i in range(len(r))]


def test_nothing_that_is_held_out_is_in_training(tmp_path, folder):
  info, made = prepare(tmp_path, folder, 'train')
  assert not info['rejected'] and len(made) >= 48
  assert {r['source'].split('/')[0] for r in made} == {*ONLY.split(',')} - {'micah'}
  assert not held_out.named(r['source'] for r in made)
  assert not held_out.named(info['sources']) and info['packages'][0]['sha256']
  text = ' '.join(r['key'] for r in made if not r['source'].startswith('moods/'))
  assert not any(name in text for name in ('micah', 'ringo', 'priya', *HELD))
  assert all(r['license'] and r['credit'] for r in made)
  tests, held = prepare(tmp_path, folder, 'test')
  assert tests['splits']['train'] == tests['splits']['val'] == 0
  assert {r['source'].split('/')[0] for r in held} == {'adventurer', 'micah', 'comicgen'}
  assert len(held_out.named(r['source'] for r in held)) == len(held)


def test_a_training_set_that_names_what_is_held_out_is_refused(folder, monkeypatch):
  recipe = OpenArt(folder, count=4, only='adventurer')
  monkeypatch.setattr(held_out, 'variants', lambda style, names: (HELD, []))
  with pytest.raises(ValueError, match='is held out'):
    recipe.items()


def test_a_prepared_training_set_on_this_machine_names_nothing_held_out():
  prepared = os.environ.get('ONEPUNCH_OPEN_ART', '')
  if not os.path.isfile(os.path.join(prepared, 'dataset.json')):
    pytest.skip('no prepared open art here (set ONEPUNCH_OPEN_ART)')
  info = records.read_info(prepared)
  sources = set(info['sources'])
  for split, count in info['splits'].items():
    opened = records.Records(prepared, split, want=()) if count else ()
    sources |= {opened[i]['source'] for i in range(count)}
  assert sources and not held_out.named(sources)


def test_the_hash_divides_about_a_fifth_and_never_changes():
  names = [f'name{i}' for i in range(2000)]
  train, test = held_out.variants('adventurer', names)
  assert 0.17 < len(test) / 2000 < 0.23 and not set(train) & set(test)
  assert held_out.variants('adventurer', names[:9])[1] == [n for n in test if n in names[:9]]
  assert [f'short{i:02d}' for i in range(1, 20) if held_out.is_held_out(f'short{i:02d}')] == [
    'short02',
    'short09',
    'short14',
  ]
  named = ['adventurer/hair:long03', 'micah/hair:full', 'comicgen/ringo/sitting/x']
  free = [
    'adventurer/hair:long01',
    'icon-park/Micah',
    'comicgen/dee/sitting/x',
    'moods/hair:long03',
  ]
  assert held_out.named(named + free) == named


def test_another_package_or_licence_is_refused(folder, monkeypatch):
  target = os.path.join(folder, packages.PACKAGES['facesjs'].file)
  changed = dataclasses.replace(packages.PACKAGES['facesjs'], says='All rights reserved')
  monkeypatch.setitem(packages.PACKAGES, 'facesjs', changed)
  with pytest.raises(ValueError, match="does not say 'All rights reserved'"):
    packages.read(folder, 'facesjs')
  with open(target, 'ab') as file:
    file.write(b'x')
  with pytest.raises(ValueError, match='SHA-256'):
    packages.read(folder, 'facesjs')
  os.remove(target)
  with pytest.raises(ValueError, match='is missing: leave out --source'):
    packages.read(folder, 'facesjs')
  monkeypatch.setattr(packages.urllib.request, 'urlopen', lambda *_, **__: io.BytesIO(b'other'))
  with pytest.raises(ValueError, match='SHA-256'):
    packages.fetch(folder)
  assert not os.path.exists(target)


def test_characters_have_the_colours_of_their_roles(tmp_path):
  style = tmp_path / 'hair.json'
  style.write_text(json.dumps(definition(['long01', 'b'])))
  recipe = characters.Characters(str(style), count=3, size=64, colorings=8, without='hair:b')
  items = recipe.items()
  assert [i.source for i in items] == ['hair/hair:long01'] * 3
  first, *others = recipe.records(items[0])
  assert first['license'] == 'CC0 1.0' and first['credit'] == 'Hair by Ada'
  assert all((first['line'] == r['line']).all() for r in others)
  assert len({r['flat'].tobytes() for r in (first, *others)}) > 3
  colors = {tuple(c) for c in first['flat'].reshape(-1, 3).tolist()}
  assert len(colors) == 3 and (255, 255, 255) in colors
  assert colors & {(0xAA, 0x22, 0x11), (0x22, 0x11, 0xAA)}
  assert colors & {(0xEE, 0xBB, 0x99), (0x55, 0x33, 0x22)}
  tags = [w for w, there in zip(VOCABULARY, first['tags']) if there]
  assert 'face' in tags and 'long hair' in tags
  style.write_text('{"meta": {}}')
  characters.load.cache_clear()
  with pytest.raises(ValueError, match='no style'):
    recipe.items()
  with pytest.raises(ValueError, match="no variant 'x' of 'hair'"):
    characters.variants(definition(['a']), 'hair:x', '')
  with pytest.raises(ValueError, match='is left to draw'):
    characters.variants(definition(['a']), '', 'hair:a')


def test_packages_of_other_forms_become_drawings():
  coded = {n: {k: v.encode() for k, v in named.items()} for n, named in files().items()}
  assert icon_park.drawings(coded['icon-park']) == ['RedBook']
  icon = icon_park.source(coded['icon-park'], 'RedBook', {'red-book': {'author': 'Ada'}})
  assert icon.credit.endswith('drawing RedBook by Ada') and icon.tags == ['book']
  (record,) = colorings(icon, 'k', 64, 1, [0], tag_names=True)
  assert any(t.endswith(' book') for t in record['tags'])
  face = faces_js.source(coded['facesjs'], np.random.default_rng(0), 'b')
  made = next(colorings(face, 'k', 64, 1, [0], tag_names=True))
  assert {'hair', 'skin'} <= {t.split()[-1] for t in made['tags']}
  every = comicgen.drawings(coded['comicgen'], ('dee', 'dey'))
  assert [c for c, _, _ in every] == ['dee', 'dey']
  comic = comicgen.source(coded['comicgen'], *every[0])
  assert comic.license == 'MIT' and 'Gramener' in comic.credit
  assert len(comic.shapes) == 4 and set(comic.document.by_id) == {'0-a', '1-a'}
  flat = next(colorings(comic, 'k', 64, 1, [0]))['flat']
  assert [249, 230, 200] in flat.reshape(-1, 3).tolist()
