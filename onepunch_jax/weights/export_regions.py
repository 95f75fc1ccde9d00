"""Export of a method that colours by regions: two functions and their contract.

    python -m onepunch_jax.export --checkpoint=runs/region --output=region

writes region/page.stablehlo, region/colors.stablehlo and region/contract.json (with --format=onnx
page.onnx and colors.onnx). `page` runs once for a page, trunk and tokens; `colors` runs for each
round of decoding, with what is known by then. The weights are inside.
Finding regions and choosing colours stay with the caller: regions/segment.py,
regions/tokens.py and regions/decoding.py do it here.

  page(line, labels, geometry, distance) -> tokens
  colors(tokens, geometry, distance, colors, known, reference, reference_colors, reference_mask,
         palette, palette_mask, tags, tags_mask) -> bins, residual, point, gate, targets

For any numbers b of pictures, n of regions, r of a reference's regions, p of palette entries and t
of tags; of what there is none, one is given and masked. contract.json has shapes, types and meaning
of each, and the colours of the classes.
"""

import json
import math
import os
from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp

from onepunch_jax.core import Method, Variables
from onepunch_jax.images.write import replace
from onepunch_jax.nets.blocks.pooling import region_means
from onepunch_jax.nets.region_colors import RESIDUAL, Known
from onepunch_jax.regions import codebook
from onepunch_jax.regions.tokens import COLUMNS
from onepunch_jax.weights import export_onnx

PLATFORMS = ('cpu', 'cuda', 'tpu')
NETS = {'trunk', 'tokens', 'colors'}
# of ONNX models: one picture of up to 512 px, regions, of references, of a palette, tags
ONNX_SIZES = dict(b=1, h=8, w=8, n=384, r=256, p=64, t=12)
FLOAT, INT, BOOL = 'float32', 'int32', 'bool'
GEOMETRY = (
  f'b, n, {COLUMNS}',
  FLOAT,
  'of each region: x, y of its centroid and of its innermost pixel, in [-1, 1]; twice the standard '
  'deviations of x and y, their correlation; root and log / 10 of its share of the picture; mean '
  'distance to ink over the short side; 1 at the border; 1 where the row is a region, else all 0',
)
DISTANCE = (
  'b, n, n',
  FLOAT,
  'between regions over the ink, as regions/tokens.py computes it; 0 in unused rows',
)
TOKENS = ('b, n, {dim}', FLOAT, 'what `page` returned')
INPUTS = {  # function -> input -> shape, type, meaning
  'page': {
    'line': (
      'b, {side}*h, {side}*w, 1',
      FLOAT,
      'line art in [0, 1], 0 is ink; other sizes are padded with 1 below and on the right',
    ),
    'labels': (
      'b, {side}*h, {side}*w, 1',
      INT,
      'the region of each pixel, 0 .. n - 1, the largest first; -1 in padding',
    ),
    'geometry': GEOMETRY,
    'distance': DISTANCE,
  },
  'colors': {
    'tokens': TOKENS,
    'geometry': GEOMETRY,
    'distance': DISTANCE,
    'colors': ('b, n, 3', FLOAT, 'colours of regions, sRGB in [-1, 1], read where `known`'),
    'known': ('b, n', BOOL, 'whose colour is known: by a hint, or by an earlier round'),
    'reference': ('b, r, {dim}', FLOAT, "tokens of other pictures' regions, by `page`"),
    'reference_colors': ('b, r, 3', FLOAT, 'their colours'),
    'reference_mask': ('b, r', BOOL, 'which there are'),
    'palette': ('b, p, 3', FLOAT, 'sRGB in [-1, 1]'),
    'palette_mask': ('b, p', BOOL, 'which there are'),
    'tags': ('b, t', INT, 'numbers of tags'),
    'tags_mask': ('b, t', BOOL, 'which there are'),
  },
}
OUTPUTS = {
  'page': {'tokens': ('b, n, {dim}', FLOAT, 'a token for each region, whatever the colours are')},
  'colors': {
    'bins': ('b, n, {classes}', FLOAT, 'logits of the classes'),
    'residual': (
      'b, n, {classes}, 3',
      FLOAT,
      f'by how much, in Lab, the region moves each class, at most {RESIDUAL:g} a channel',
    ),
    'point': (
      'b, n, n + r + p',
      FLOAT,
      'logits of the colours to point at: those known of the picture, reference, palette',
    ),
    'gate': ('b, n', FLOAT, 'logit of g, the probability of pointing'),
    'targets': ('b, n + r + p, 3', FLOAT, 'the colours to point at, Lab'),
  },
}
LEFT_OUT = ('finding the regions of line art', 'choosing colours from their distributions')
DISTRIBUTION = (
  'p(colour of a region) = (1 - g) sum_k softmax(bins)_k N(class_k + residual_k) '
  '+ g sum_j softmax(point)_j N(target_j), in Lab; class 0 is blank paper'
)


def fits(method: Method) -> bool:
  """Whether a method colours by regions."""
  return {net.name for net in method.nets} == NETS


def functions(method: Method, variables: Variables) -> dict[str, Callable]:
  """`page` and `colors`, with arguments in the order of `INPUTS`."""
  nets = {net.name: net for net in method.nets}

  def page(line, labels, geometry, distance):
    features, _ = nets['trunk'].infer(variables, 2 * line - 1)
    pooled = region_means(features, labels, geometry[..., 2:4])
    return nets['tokens'].infer(variables, pooled, geometry, distance)[0]

  def colors(tokens, geometry, distance, *known):
    fields = dict(zip(Known._fields, known))
    for name in ('colors', 'known', 'reference_mask', 'palette_mask', 'tags_mask'):
      fields[name] = fields[name][:, None]  # of one alternative
    found = nets['colors'].infer(variables, tokens, geometry, distance, Known(**fields))
    return tuple(x[:, 0] for x in found)

  return {'page': page, 'colors': colors}


def contract(method: Method, sizes: Mapping[str, int] | None = None) -> dict[str, dict]:
  """What contract.json holds: of each function its inputs and outputs, in order.

  Args:
    method: what is exported.
    sizes: the numbers that letters in shapes stand for, where they are fixed.
  """
  nets = {net.name: net.module for net in method.nets}
  numbers = dict(dim=nets['tokens'].dim, side=method.multiple, classes=len(codebook.colors()))

  def rows(table):
    return [
      dict(name=name, shape=written(shape.format(**numbers)), dtype=dtype, meaning=meaning)
      for name, (shape, dtype, meaning) in table.items()
    ]

  def written(shape):
    return shape if sizes is None else _fixed(shape, sizes)

  found = {name: dict(inputs=rows(INPUTS[name]), outputs=rows(OUTPUTS[name])) for name in INPUTS}
  classes = [[int(c) for c in row] for row in (255 * codebook.colors()).round()]
  return {**found, 'distribution': DISTRIBUTION, 'classes': classes}


def stablehlo(method: Method, variables: Variables) -> dict[str, bytes]:
  """The serialised functions for CPU, CUDA and TPU, of any number of pictures and regions."""
  from jax import export

  found = {}
  for name, function in functions(method, variables).items():
    rows = contract(method)[name]['inputs']
    scope = export.SymbolicScope()
    args = [
      jax.ShapeDtypeStruct(
        export.symbolic_shape(row['shape'], scope=scope), jnp.dtype(row['dtype'])
      )
      for row in rows
    ]
    found[name] = bytes(export.export(jax.jit(function), platforms=PLATFORMS)(*args).serialize())
  return found


def onnx(
  method: Method, variables: Variables, sizes: Mapping[str, int] = ONNX_SIZES
) -> dict[str, bytes]:
  """The functions as ONNX models, of fixed sizes: jax2onnx cannot do regions of any number yet.

  Args:
    sizes: of the contract's letters.

  Raises:
    ValueError: there is no converter here.
  """
  found = {}
  for name, function in functions(method, variables).items():
    rows = contract(method, sizes)[name]
    inputs = [
      (row['name'], tuple(map(int, row['shape'].split(', '))), row['dtype'])
      for row in rows['inputs']
    ]
    outputs = [row['name'] for row in rows['outputs']]
    found[name] = export_onnx.convert(function, inputs, outputs)
  return found


def _fixed(shape: str, sizes: Mapping[str, int]) -> str:
  """A shape as '1, 384, 3', of one such as 'b, n + r, 3'."""

  def number(term: str) -> int:
    return math.prod(int(f) if f.isdigit() else sizes[f] for f in term.split('*'))

  return ', '.join(str(sum(map(number, d.split(' + ')))) for d in shape.split(', '))


def write(method: Method, variables: Variables, folder: str, kind: str = 'stablehlo') -> list[str]:
  """Writes the functions and their contract into a folder; returns the paths.

  Args:
    kind: 'stablehlo' or 'onnx', the suffix of the files.

  Raises:
    OSError: the folder cannot be written.
    ValueError: there is no converter here.
  """
  sizes = None if kind == 'stablehlo' else ONNX_SIZES
  made = stablehlo(method, variables) if sizes is None else onnx(method, variables, sizes)
  os.makedirs(folder, exist_ok=True)
  files = {f'{name}.{kind}': data for name, data in made.items()}
  files['contract.json'] = json.dumps(contract(method, sizes), indent=1).encode()
  for name, data in files.items():
    replace(os.path.join(folder, name), data)
  return [os.path.join(folder, name) for name in files]
