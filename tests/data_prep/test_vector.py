"""SVG -> records: exact regions and ink, refusals in a sentence, nothing fetched, resumable."""

import json
import os
import socket
import tarfile
import zipfile

import numpy as np
import pytest

pytest.importorskip('resvg_py', reason='no renderer here: pip install -e .[vector]')

from data_prep import execute, vector
from data_prep.plan import Job, Left
from data_prep.svg import outlines, paint, roles
from data_prep.svg.drawing import Source, lay_out
from data_prep.svg.read import SvgError, parse
from data_prep.svg.shapes import color, shapes
from onepunch_jax.data import records
from onepunch_jax.data.pipeline import Fit
from onepunch_jax.synthetic.tags import NOUN_NAMES, VOCABULARY

PEN = outlines.Pen(width=2, pressure=0, wobble=0, gap=0, gap_every=100, stroke_scale=1)
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
FLAT = (
  HEAD
  + 'viewBox="0 0 100 100"><g id="hair"><rect x="20" y="10" width="60" height="40" fill="#aa3311"/>'
  '</g><circle class="skin" cx="50" cy="60" r="25" fill="#eebb99"/></svg>'
)
INKED = (
  HEAD
  + 'viewBox="0 0 100 100"><rect x="20" y="20" width="60" height="60" fill="#3366cc" stroke="#000" '
  'stroke-width="3"/></svg>'
)


def source(svg, **kw):
  document = parse(svg, 'a.svg')
  return Source(document, shapes(document, 'a.svg'), **kw)


def sheet(svg, size=96, pen=PEN, **kw):
  return lay_out(source(svg), size, pen, np.random.default_rng(0), **kw)


def run(tmp_path, files, name='out', **kw):
  folder = tmp_path / 'in'
  folder.mkdir(exist_ok=True)
  for file, text in files.items():
    (folder / file).write_text(text)
  recipe = vector.Vector(str(folder), size=64, **kw)
  return execute.run(
    Job(recipe, str(tmp_path / name), shards=2, rgb='png', duplicates=-1), workers=1
  )


def test_flat_art_gets_ink_where_colors_meet_and_exact_regions():
  made = sheet(FLAT)
  picture = made.paint({})
  assert made.line.shape == made.regions.shape == (96, 96, 1)
  assert len(np.unique(made.regions)) == 3
  at = lambda x, y: picture.flat[int(y * 0.96), int(x * 0.96)].tolist()
  assert at(50, 20) == [0xAA, 0x33, 0x11] and at(50, 70) == [0xEE, 0xBB, 0x99]
  assert at(5, 5) == [255, 255, 255]
  ink = made.line[..., 0] < 128
  assert ink[
    int(30 * 0.96), int(20 * 0.96) - 1 : int(20 * 0.96) + 2
  ].any()  # hair against the sheet
  assert ink[int(35 * 0.96) - 1 : int(35 * 0.96) + 2, 48].any()  # hair against skin
  assert not ink[10:18, 30:60].any() and 0.02 < ink.mean() < 0.12
  assert picture.nouns == {'hair': (0xAA, 0x33, 0x11), 'skin': (0xEE, 0xBB, 0x99)}
  hair = made.regions[20, 48, 0]
  assert NOUN_NAMES[made.nouns[hair] - 1] == 'hair'
  clear = (made.line[..., 0] == 255) & (made.regions[..., 0] == hair)
  assert (picture.rgb[clear] == picture.flat[clear]).mean() > 0.9
  assert picture.rgb[ink].max(-1).mean() < 80  # the finished picture has its ink


def test_outlines_that_are_strokes_stay_as_they_are_and_get_no_second_line():
  made = sheet(INKED, 100)
  row = made.line[50, :, 0]
  dark = np.flatnonzero(row < 128)
  assert {19, 20, 79, 80} <= {*dark.tolist()} and len(dark) <= 8
  assert (row[25:75] == 255).all() and (row[:17] == 255).all()
  assert len(np.unique(made.regions)) == 2
  assert made.paint({}).flat[50, 50].tolist() == [0x33, 0x66, 0xCC]


def test_pens_leave_gaps_wobble_and_repeat():
  border = np.zeros((192, 192), bool)
  border[96:98, 20:170] = True
  plain = outlines.outline(border, PEN, np.random.default_rng(1))
  with_gaps = outlines.Pen(2, 0, 0, 8, 20, 1)
  broken = outlines.outline(border, with_gaps, np.random.default_rng(1))
  wobbly = outlines.outline(border, outlines.Pen(2, 0.6, 2, 0, 20, 1), np.random.default_rng(1))
  assert 0.2 * plain.sum() < broken.sum() < 0.95 * plain.sum()
  assert np.abs(wobbly - plain).max() > 0.5
  again = outlines.outline(border, with_gaps, np.random.default_rng(1))
  assert (again == broken).all()
  assert not outlines.outline(np.zeros((32, 32), bool), PEN, np.random.default_rng(1)).any()


def test_groups_use_styles_and_gradients_are_resolved():
  text = (
    HEAD
    + 'viewBox="0 0 10 10"><style>/* x */ .a{fill:#112233;opacity:.5}</style>'
    + '<defs><linearGradient id="g"><stop offset="0" stop-color="#000"/>'
    '<stop offset="1" style="stop-color:#646464"/></linearGradient>'
    '<rect id="r" class="a" width="4" height="4"/></defs><g transform="translate(1 2)" '
    'fill="red"><use xlink:href="#r" x="3"/>'
    '<path d="M0 0h1v1z" fill="url(#g)" stroke="currentColor" color="#00ff00"/>'
    '<path d="M0 0h1v1z" style="display:none"/></g></svg>'
  )
  found = shapes(parse(text, 'a.svg'), 'a.svg')
  assert [s.tag for s in found] == ['rect', 'path']
  rect, path = found
  assert rect.fill.rgb == (0x11, 0x22, 0x33) and rect.fill.opacity == 0.5
  assert [g[0][1] for g in rect.groups] == ['translate(1 2)', 'translate(3 0)']
  assert path.fill.reference == '#g' and path.fill.rgb == (50, 50, 50)
  assert path.stroke.rgb == (0, 255, 0)
  assert color('rgb(10, 20, 300)') == ((10, 20, 255), 1.0) and color('none') is None
  one = paint.layers(found)[0]
  rgba = paint.draw(parse(text, 'a'), [(one, paint.plain(one, '#ffffff'))], 50, crisp=True)
  rows, columns = np.nonzero(rgba[..., 3])
  assert (rows.min(), rows.max(), columns.min(), columns.max()) == (10, 29, 20, 39)


BOMB = (
  '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
  + HEAD
  + 'viewBox="0 0 9 9"><rect width="9" height="9"/><text>&b;</text></svg>'
)
USES = HEAD + 'viewBox="0 0 9 9"><g id="a0"><rect width="9" height="9"/></g>'
for level in range(1, 9):
  USES += f'<g id="a{level}">' + f'<use xlink:href="#a{level - 1}"/>' * 10 + '</g>'
USES += '</svg>'
BAD = {
  'script': (HEAD + 'viewBox="0 0 9 9"><script>x()</script></svg>', 'script'),
  'handler': (
    HEAD + 'viewBox="0 0 9 9"><rect width="9" height="9" onclick="x()"/></svg>',
    'script',
  ),
  'image': (HEAD + 'viewBox="0 0 9 9"><image href="http://127.0.0.1:9/x.png"/></svg>', 'bitmap'),
  'link': (
    HEAD + 'viewBox="0 0 9 9"><use xlink:href="http://127.0.0.1:9/x.svg#a"/></svg>',
    'links',
  ),
  'file': (
    HEAD + 'viewBox="0 0 9 9"><rect width="9" height="9" fill="url(file:///etc/x)"/></svg>',
    'links',
  ),
  'import': (
    HEAD + 'viewBox="0 0 9 9"><style>@import "//127.0.0.1:9/x";</style></svg>',
    'style sheet',
  ),
  'html': (HEAD + 'viewBox="0 0 9 9"><foreignObject/></svg>', 'foreignObject'),
  'bomb': (BOMB, "entity 'a'"),
  'uses': (USES, 'repeats its elements'),
  'itself': (HEAD + 'viewBox="0 0 9 9"><g id="a"><use href="#a"/></g></svg>', 'uses itself'),
  'deep': (
    HEAD + 'viewBox="0 0 9 9">' + '<g>' * 200 + '</g>' * 200 + '</svg>',
    'inside each other',
  ),
  'huge': (
    HEAD + 'width="9000000" height="9000000"><rect width="9" height="9"/></svg>',
    'canvas of',
  ),
  'strip': (HEAD + 'viewBox="0 0 900 9"><rect width="9" height="9"/></svg>', 'strip'),
  'unsized': (HEAD + '><rect width="9" height="9"/></svg>', 'canvas is unknown'),
  'empty': (HEAD + 'viewBox="0 0 9 9"><text>hello</text></svg>', 'no shapes'),
  'hidden': (
    HEAD + 'viewBox="0 0 9 9"><rect x="50" width="9" height="9"/></svg>',
    'cannot be seen',
  ),
  'html page': ('<html><body/></html>', "root element is 'html'"),
  'text': ('hello', 'not readable as XML'),
  'selectors': (HEAD + 'viewBox="0 0 9 9"><style>g>b{fill:red}</style><rect/></svg>', 'selects'),
}


def test_bad_files_are_one_sentence_each_and_nothing_is_fetched(tmp_path, monkeypatch):
  def refuse(*_, **__):
    raise AssertionError('a network request')

  monkeypatch.setattr(socket.socket, 'connect', refuse)
  folder = tmp_path / 'in'
  folder.mkdir()
  for name, (text, _) in BAD.items():
    (folder / f'{name}.svg').write_text(text)
  recipe = vector.Vector(str(folder), size=32)
  items = recipe.items()
  assert len(items) == len(BAD)
  for item in items:
    (left,) = recipe.records(item)
    name = item.key.removesuffix('.svg')
    assert isinstance(left, Left) and left.rule == 'unreadable'
    assert BAD[name][1] in left.reason and left.reason.startswith(item.key), left.reason
    assert left.reason.count('\n') == 0 and left.reason.endswith('.')


def test_a_doctype_alone_and_foreign_metadata_are_no_harm():
  text = (
    '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
    '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">' + HEAD + 'width="10mm" height="20mm">'
    '<metadata xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:cc="http://creativecommons.org/ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    '<rdf:RDF><cc:Work><dc:creator><cc:Agent><dc:title>Ada  Draws</dc:title></cc:Agent>'
    '</dc:creator>'
    '<cc:license rdf:resource="https://creativecommons.org/licenses/by/4.0/"/></cc:Work></rdf:RDF>'
    '</metadata><a href="https://example.org"><rect width="30" height="30"/></a></svg>'
  )
  document = parse(text, 'a.svg')
  assert document.license == 'https://creativecommons.org/licenses/by/4.0/'
  assert document.author == 'Ada Draws'
  assert document.box == pytest.approx((0, 0, 10 * 96 / 25.4, 20 * 96 / 25.4))
  assert len(shapes(document, 'a.svg')) == 1


def test_the_command_writes_records_that_training_reads(tmp_path):
  facts = {'file': 'b.svg', 'license': 'CC0-1.0', 'credit': 'Ada', 'tags': ['face'], 'split': 'val'}
  files = {'a.svg': FLAT, 'b.svg': INKED, 'bad.svg': 'hello'}
  files['metadata.jsonl'] = json.dumps(facts) + '\n'
  info = run(tmp_path, files, colorings=3, license='CC BY 4.0', credit='Somebody')
  assert info['splits'] == {'train': 3, 'val': 1, 'test': 0} and info['rejected'] == 1
  assert info['tags'] == list(VOCABULARY)
  wanted = {'line', 'rgb', 'flat', 'regions', 'nouns', 'tags', 'license', 'credit'}
  assert wanted <= set(info['fields'])
  train = records.Records(str(tmp_path / 'out'), 'train')
  made = [train[i] for i in range(3)]
  assert sorted(r['key'] for r in made) == ['a.svg', 'a.svg#2', 'a.svg#3']
  assert all((r['line'] == made[0]['line']).all() for r in made)
  assert all((r['regions'] == made[0]['regions']).all() for r in made)
  assert len({r['flat'].tobytes() for r in made}) == 3
  for r in made:
    assert (r['license'], r['credit']) == ('CC BY 4.0', 'Somebody')
    for region in np.unique(r['regions']):
      assert len(np.unique(r['flat'][r['regions'][..., 0] == region], axis=0)) == 1
    named = [word for word, there in zip(VOCABULARY, r['tags']) if there]
    assert any(w.endswith(' hair') for w in named) and any(w.endswith(' skin') for w in named)
  fitted = Fit(('line', 'rgb', 'flat', 'regions', 'nouns', 'tags'), 32, len(VOCABULARY)).map(
    made[0]
  )
  assert fitted['nouns'].shape == (256,) and fitted['nouns'].max() > 0
  val = records.Records(str(tmp_path / 'out'), 'val')[0]
  assert (val['key'], val['license'], val['credit']) == ('b.svg', 'CC0-1.0', 'Ada')
  assert [w for w, there in zip(VOCABULARY, val['tags']) if there] == ['face']
  other = run(tmp_path, {}, 'again', colorings=3, license='CC BY 4.0', credit='Somebody')
  assert [s['sha256'] for s in other['shards']] == [s['sha256'] for s in info['shards']]
  with pytest.raises(ValueError, match='seed: 0 there, 5 now'):
    run(tmp_path, {}, colorings=3, license='CC BY 4.0', credit='Somebody', seed=5)


def test_archives_are_read_without_unpacking(tmp_path):
  (tmp_path / 'a.svg').write_text(FLAT)
  with zipfile.ZipFile(tmp_path / 'a.zip', 'w') as archive:
    archive.write(tmp_path / 'a.svg', '../x/a.svg')
  with tarfile.open(tmp_path / 'a.tgz', 'w:gz') as archive:
    archive.add(tmp_path / 'a.svg', 'x/a.svg')
  for path, name in (('a.zip', '../x/a.svg'), ('a.tgz', 'x/a.svg'), ('a.svg', 'a.svg')):
    path = str(tmp_path / path)
    assert vector.members(path) == [name] and vector.content(path, name) == FLAT.encode()
  assert sorted(os.listdir(tmp_path)) == ['a.svg', 'a.tgz', 'a.zip']
  (tmp_path / 'b.zip').write_text('no archive')
  with pytest.raises(ValueError, match='not readable as an archive'):
    vector.members(str(tmp_path / 'b.zip'))
  with pytest.raises(SvgError, match='cannot be read'):
    vector.content(str(tmp_path / 'a.zip'), 'b.svg')


def test_tones_of_a_noun_move_together():
  known = {n: roles.role_of_noun('hair') for n in ('hair #808080', 'hair #606060')}
  own = {'hair #808080': (128, 128, 128), 'hair #606060': (96, 96, 96)}
  new = roles.recolor(known, own, np.random.default_rng(3))
  change = [np.subtract(new[n], own[n]) for n in own]
  clipped = [v in (0, 255) for v in new['hair #606060']]
  assert all(c or a == b for a, b, c in zip(*change, clipped)) and any(change[0])
