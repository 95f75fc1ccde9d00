"""Export a checkpoint as one function that runs without this project.

    python -m onepunch_jax.export --checkpoint=runs/pix2pix --output=pix2pix.stablehlo
    python -m onepunch_jax.export --checkpoint=runs/pix2pix --format=savedmodel --output=pix2pix_tf
    python -m onepunch_jax.export --checkpoint=runs/pix2pix --format=onnx --output=pix2pix.onnx

The function takes float32 [B, H, W, 1] line art in [0, 1], 0 is ink, and gives float32 sRGB
[B, H, W, 3] in [0, 1], for any B, H and W: what is no multiple of the method's `multiple` is padded
with paper, and the padding cut off. (Of some methods, as pix2pixhd, H and W are at least
256; the command says so.) Weights are inside. It is
the network alone: what pages/ adds at the page's own size is not in it.

    from jax import export; import jax, numpy as np          # StableHLO: any machine with JAX
    paint = export.deserialize(bytearray(open('pix2pix.stablehlo', 'rb').read())).call
    rgb = paint(line)

    import tensorflow as tf                                  # SavedModel: any with TensorFlow
    model = tf.saved_model.load('pix2pix_tf')
    rgb = model.paint(line)

    import onnxruntime                                       # ONNX: any with its runtime
    paint = onnxruntime.InferenceSession('pix2pix.onnx').run
    (rgb,) = paint(['rgb'], {'line': line})

An ONNX model takes multiples of the method's `multiple` alone, and needs the extra `onnx`.

At the end a summary says what was exported and what of the checkpoint is not in it: guides, further
samples, small sizes. The exit status is 1 if nothing was exported, with --strict also if anything
was left out.

A method that colours by regions is exported as two functions (weights/export_regions.py).
A file by one JAX is read by the same and newer ones, so export with the oldest that must read it.
"""

import dataclasses
import functools
import os
import sys
from collections.abc import Callable, Iterator

import jax
import jax.numpy as jnp
from absl import app, flags

from onepunch_jax import registry
from onepunch_jax.core import Variables
from onepunch_jax.images.write import replace
from onepunch_jax.log import log, show_log
from onepunch_jax.pages.summary import sentence
from onepunch_jax.weights import export_onnx, export_regions
from onepunch_jax.weights.checked_json import misfit_named
from onepunch_jax.weights.runs import load_config, load_for_inference

PLATFORMS = ('cpu', 'cuda', 'tpu')
FORMATS = ('stablehlo', 'savedmodel', 'onnx')
LEAST = 256  # px of a side, for methods that cannot do smaller ones
LARGE = (f'h >= {LEAST}', f'w >= {LEAST}')


def painter(workdir: str, step: int | str = 'latest') -> tuple[Callable, Variables, int]:
  """What is exported: (paint, variables, the multiple that H and W have).

  paint(variables, line art [B, H, W, 1] in [0, 1]) -> sRGB [B, H, W, 3] in [0, 1].

  Raises:
    ValueError: no such checkpoint, or its method needs more than line art.
  """
  method, variables, config = load_for_inference(workdir, step)
  if extra := sorted(set(method.inputs) - {'line'}):
    raise ValueError(
      f'{config.method.name} needs {extra} besides line art; only methods with '
      'line art alone as input are exported.'
    )
  key = jax.random.key(config.seed)

  def paint(variables: Variables, line: jax.Array) -> jax.Array:
    return method.colorize(variables, {'line': 2 * line - 1}, key)

  return paint, variables, method.multiple


def sized(
  paint: Callable, variables: Variables, multiple: int
) -> tuple[Callable, tuple[str, tuple[str, ...]], str]:
  """What is exported, of as many sizes as JAX can do.

  Returns:
    (the function, its symbolic shape with constraints, its sizes in words).

  Raises:
    ValueError: the method cannot be exported for sizes that are not fixed.
  """
  from jax import export

  padded, reason = any_size(paint, multiple), ''
  for constraints, words in (((), 'of any size'), (LARGE, f'H and W at least {LEAST}')):
    shape = export.symbolic_shape('b, h, w, 1', constraints=constraints)
    try:
      jax.eval_shape(padded, variables, jax.ShapeDtypeStruct(shape, jnp.float32))
    except (ValueError, TypeError, jax.core.InconclusiveDimensionOperation) as error:
      reason = str(error).splitlines()[0][:200]
      continue
    return padded, ('b, h, w, 1', constraints), words
  raise ValueError(f'This method cannot be exported for pictures of any size ({reason}).')


def any_size(paint: Callable, multiple: int) -> Callable:
  """`paint` for line art of any size: padded with paper below and on the right, and cut again."""

  def padded(variables: Variables, line: jax.Array) -> jax.Array:
    height, width = line.shape[1:3]
    below, right = (-(-n // multiple) * multiple - n for n in (height, width))
    line = jnp.pad(line, ((0, 0), (0, below), (0, right), (0, 0)), constant_values=1)
    return paint(variables, line)[:, :height, :width]

  return padded if multiple > 1 else paint


def stablehlo(paint: Callable, variables: Variables, multiple: int) -> bytes:
  """The function as serialised StableHLO for CPU, CUDA and TPU, of flexible batch and size."""
  from jax import export

  inside, shape, _ = sized(paint, variables, multiple)
  line = jax.ShapeDtypeStruct(export.symbolic_shape(shape[0], constraints=shape[1]), jnp.float32)
  inside = jax.jit(functools.partial(inside, variables))
  return bytes(export.export(inside, platforms=PLATFORMS)(line).serialize())


def savedmodel(paint: Callable, variables: Variables, multiple: int, folder: str) -> None:
  """The function as a TensorFlow SavedModel, `paint` in it and its serving signature.

  Raises:
    ValueError: TensorFlow is not installed.
  """
  try:
    import tensorflow as tf
    from jax.experimental import jax2tf
  except ImportError:
    raise ValueError('A SavedModel needs TensorFlow: pip install tensorflow-cpu.') from None
  leaves, tree = jax.tree.flatten(variables)
  inside, shape, _ = sized(paint, variables, multiple)
  converted = jax2tf.convert(
    lambda leaves, line: inside(jax.tree.unflatten(tree, leaves), line),
    with_gradient=False,
    polymorphic_shapes=[None, shape[0]],
    polymorphic_constraints=shape[1],
    native_serialization_platforms=PLATFORMS,
  )
  spec = tf.TensorSpec([None, None, None, 1], tf.float32, name='line')
  model = tf.Module()
  model.leaves = [tf.Variable(leaf) for leaf in leaves]  # stored once, beside the graph
  model.paint = tf.function(
    lambda line: converted(model.leaves, line), autograph=False, input_signature=[spec]
  )
  tf.saved_model.save(model, folder, signatures=model.paint)


def onnx(paint: Callable, variables: Variables, multiple: int) -> bytes:
  """The function as an ONNX model, `line` to `rgb`, for sides that are multiples of `multiple`.

  Raises:
    ValueError: there is no converter here, or it cannot convert the method.
  """
  sides = (f'{multiple}*{n}' if multiple > 1 else n for n in 'hw')
  line = 'line', ('b', *sides, 1), 'float32'
  return export_onnx.convert(functools.partial(paint, variables), [line], ['rgb'])


@dataclasses.dataclass(frozen=True)
class Summary:
  """The outcome of the command.

  Attributes:
    target: the file or folder.
    bytes: its size; 0 if nothing was exported.
    sizes: the sizes of pictures that it takes, in words.
    left_out: what the checkpoint can do and the function cannot, a phrase each.
    files: names of the files, where there are several.
  """

  target: str
  bytes: int
  sizes: str
  left_out: tuple[str, ...] = ()
  files: str = ''

  def exit_status(self, strict: bool = False) -> int:
    """0, or 1 if nothing was exported; if `strict`, also if anything was left out."""
    return int(not self.bytes or (strict and bool(self.left_out)))

  def lines(self) -> Iterator[str]:
    """Counts first, then what the function is, then what is not in it."""
    yield f'{self.target}: 1 checkpoint read, 1 exported, {len(self.left_out)} things left out.'
    one = f'line art float32 [B, H, W, 1] in [0, 1], {self.sizes}, to sRGB [B, H, W, 3] in [0, 1]'
    yield f'  exported: {self.bytes / 2**20:.1f} MiB; {self.files or one}.'
    if self.left_out:
      yield f'  left out: {"; ".join(self.left_out)}.'


def left_out(workdir: str, sizes: str) -> tuple[str, ...]:
  """What a checkpoint can do and its exported function cannot, a phrase each."""
  method = registry.method(load_config(workdir).method)
  phrases = {'sample': 'samples after the first, likeliest one'}
  found = [phrases.get(name, f'the input {name!r}') for name in method.optional_inputs]
  if method.classes is not None:
    found.append('probabilities of colours, from which suggestions come')
  if f'at least {LEAST}' in sizes:
    found.append(f'pictures below {LEAST} px a side')
  return tuple(found)


def size_of(path: str) -> int:
  """Bytes of a file, or of all files below a folder."""
  if os.path.isfile(path):
    return os.path.getsize(path)
  return sum(
    os.path.getsize(os.path.join(folder, n)) for folder, _, names in os.walk(path) for n in names
  )


def define_flags() -> None:
  flags.DEFINE_string(
    'checkpoint',
    '',
    'The --workdir of training, a file of weights, or a name; default: the weights that come with '
    'the package.',
  )
  flags.DEFINE_string('step', 'latest', "Which checkpoint: a step, 'latest' or 'best'.")
  flags.DEFINE_enum('format', 'stablehlo', FORMATS, 'What to write.')
  flags.DEFINE_string(
    'output', None, 'The file (stablehlo, onnx) or folder (savedmodel, regions).', required=True
  )
  flags.DEFINE_bool('strict', False, 'Exit with 1 too if anything of the checkpoint was left out.')


def run(options: flags.FlagValues) -> Summary:
  """The command with its flags.

  Raises:
    ValueError: it cannot be exported; the message is one sentence.
    OSError: it cannot be written.
  """
  method, variables, _ = load_for_inference(options.checkpoint, options.step)
  if export_regions.fits(method):
    if options.format == 'savedmodel':
      raise ValueError('A method that colours by regions is exported as StableHLO or ONNX.')
    paths = export_regions.write(method, variables, options.output, options.format)
    names = ', '.join(map(os.path.basename, paths))
    omitted = export_regions.LEFT_OUT
    return Summary(options.output, size_of(options.output), '', omitted, names)
  paint, variables, multiple = painter(options.checkpoint, options.step)
  sizes = sized(paint, variables, multiple)[2]
  if options.format == 'stablehlo':
    replace(options.output, stablehlo(paint, variables, multiple))
  elif options.format == 'onnx':
    sizes = f'H and W multiples of {multiple}' if multiple > 1 else sizes
    replace(options.output, onnx(paint, variables, multiple))
  else:
    savedmodel(paint, variables, multiple, options.output)
  omitted = left_out(options.checkpoint, sizes)
  return Summary(options.output, size_of(options.output), sizes, omitted)


def main(_):
  show_log()
  try:
    with misfit_named():
      summary = run(flags.FLAGS)
  except (ValueError, TypeError, OSError, MemoryError) as error:
    log.error('%s', sentence(error))
    print(f'{flags.FLAGS.output}: 0 exported, 1 refused.')
    sys.exit(1)
  print(*summary.lines(), sep='\n')
  sys.exit(summary.exit_status(flags.FLAGS.strict))


if __name__ == '__main__':
  define_flags()
  app.run(main)
