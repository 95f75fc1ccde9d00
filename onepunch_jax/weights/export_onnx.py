"""Export to ONNX, by jax2onnx: for runtimes without JAX, in browsers and on phones.

jax2onnx pins an old orbax-checkpoint, so it has an environment of its own:
pip install 'onepunch_jax[onnx]'. It converts what JAX traces, primitive by primitive; what is
traced here has no form of its own for a platform (nets/blocks/conv_maps.portable).
"""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks import conv_maps

OPSET = 18  # of the operators: of 2022, which browsers' runtimes have too


def convert(
  function: Callable,
  inputs: Sequence[tuple[str, tuple[int | str, ...], str]],
  outputs: Sequence[str],
) -> bytes:
  """A function of arrays as an ONNX model.

  Args:
    function: by positional arguments.
    inputs: (name, shape, dtype) of each; what of a shape is text is a dimension of any size, as
      'b' or '64*h'.
    outputs: names of the results.

  Raises:
    ValueError: there is no jax2onnx, or it cannot convert the function.
  """
  try:
    from jax2onnx import to_onnx
  except ImportError:
    raise ValueError(
      "ONNX needs jax2onnx: pip install 'onepunch_jax[onnx]', in an environment of its own."
    ) from None
  shapes = [jax.ShapeDtypeStruct(shape, jnp.dtype(dtype)) for _, shape, dtype in inputs]
  names = dict(input_names=[name for name, _, _ in inputs], output_names=list(outputs))
  try:
    with conv_maps.portable():
      model = to_onnx(function, shapes, opset=OPSET, model_name='onepunch_jax', **names)
  except (NotImplementedError, ValueError, TypeError, AttributeError) as error:
    reason = ' '.join(str(error).split())[:200]
    raise ValueError(f'jax2onnx cannot convert this net ({reason}); export StableHLO.') from None
  return model.SerializeToString()
