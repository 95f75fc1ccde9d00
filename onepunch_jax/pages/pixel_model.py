"""The net of a checkpoint that colours pixel by pixel, run on drawings of any size."""

import functools

import jax
import numpy as np

from onepunch_jax.core import Method, Variables
from onepunch_jax.data.batch import cast
from onepunch_jax.pages import tiles
from onepunch_jax.pages.hints import Hints
from onepunch_jax.pages.reference import Reference
from onepunch_jax.weights.checked_json import misfit_named


class PixelModel:
  """A method and its variables as a function on drawings. Safe in threads.

  Args:
    method: that colours line art.
    variables: its averaged parameters.
    seed: of what the method draws at random.
    memory: MiB for the net's maps; larger drawings are painted in tiles.
  """

  def __init__(self, method: Method, variables: Variables, seed: int, memory: int):
    self._method, self._variables, self._seed, self._memory = method, variables, seed, memory

  def paint(
    self,
    line: np.ndarray,
    side: int,
    hints: Hints | None,
    constants: dict[str, np.ndarray],
    reference: Reference | None,
  ) -> np.ndarray:
    """The network's sRGB [h, w, 3] for line art [h, w] at its working size.

    Args:
      line: levels from 0, ink, to 255.
      side: px that the net sees at once (`tiles.paint_any`).
      hints: of the page, or None.
      constants: the entries of a batch that do not depend on the place, without its axis.
      reference: a picture whose colours are wanted, or None.
    """
    hint = None
    if 'hint' in self._method.inputs:
      hint = np.zeros((*line.shape, 4), np.float32) if hints is None else hints.plane(line.shape)
    area = max(1, self._memory) * 2**20 // self._pixel_bytes
    run = functools.partial(self._run, constants, reference)
    return tiles.paint_any(
      run,
      np.round(line).astype(np.uint8),
      hint,
      side=side,
      multiple=self._method.multiple,
      area=area,
    )

  @functools.cached_property
  def jitted(self):
    """The method's `colorize` by (variables, batch)."""
    key = jax.random.key(self._seed)

    def colorize(variables, batch):
      return self._method.colorize(variables, cast(batch), key)[0]

    return jax.jit(colorize)

  @functools.cached_property
  def _pixel_bytes(self) -> int:
    """Memory of a run for a pixel: three maps of the widest first layer, float32."""
    width = getattr(self._method.nets[0].module, 'width', 64)
    return 4 * (3 * width + 16)

  def _run(
    self,
    constants: dict[str, np.ndarray],
    reference: Reference | None,
    line: np.ndarray,
    hint: np.ndarray | None,
  ) -> np.ndarray:
    """One run of the network on line art uint8 [h, w] -> sRGB [h, w, 3]."""
    batch = {'line': line[None, ..., None], **{k: x[None] for k, x in constants.items()}}
    if hint is not None:
      batch['hint'] = hint[None]
    if reference is not None:
      batch['reference'] = reference.plane(line.shape)[None]
    elif 'reference' in self._method.inputs:
      batch['reference'] = np.zeros((1, *line.shape, 4), np.float32)
    with misfit_named():
      return np.asarray(self.jitted(self._variables, batch))
