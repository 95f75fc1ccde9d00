"""Augmentations of line art, as drawing, printing, scanning and compression disturb it.

Each one is a pure function (line, batch, u, key) -> line on [B, H, W, 1] in [0, 1] (0 is ink). u
are uniform numbers [3, B, 1, 1, 1] for its strength in each sample, key is for its noise. Each
sample is augmented by each of them with a probability.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.core import Batch
from onepunch_jax.ops import jpeg_artifacts
from onepunch_jax.ops.blur import gaussian, shifts
from onepunch_jax.ops.line_extraction import grey
from onepunch_jax.prepare import PrepareStep

Array = jax.Array


def make(*, probability: float = 0.5, augment: Sequence[str] | None = None) -> PrepareStep:
  """Makes a step that augments batch['line'] (float [B, H, W, 1] in [-1, 1]).

  Args:
    probability: of each augmentation for each sample.
    augment: names from `AUGMENTS`, or None for all; they are applied in the order of `AUGMENTS`.

  Raises:
    ValueError: an unknown name or a probability outside [0, 1].
  """
  names = tuple(AUGMENTS) if augment is None else tuple(augment)
  if set(names) - set(AUGMENTS):
    raise ValueError(f'augment names are from {list(AUGMENTS)}; got {list(names)}')
  if not 0 <= probability <= 1:
    raise ValueError(f'a probability lies in [0, 1]; got {probability}')

  def disturb(batch, key, step):
    if not probability:
      return batch
    line = batch['line'] / 2 + 0.5
    # One call for all strengths: each costs compile time.
    u = jax.random.uniform(key, (len(AUGMENTS), 4, line.shape[0], 1, 1, 1))
    for i, (name, change) in enumerate(AUGMENTS.items()):
      if name in names:
        changed = change(line, batch, u[i, 1:], jax.random.fold_in(key, i))
        line = jnp.where(u[i, 0] < probability, jnp.clip(changed, 0, 1), line)
    return {**batch, 'line': line * 2 - 1}

  return disturb


def broken(line: Array, batch: Batch, u: Array, key: Array) -> Array:
  """Gaps: ink vanishes where slow noise is high."""
  return jnp.where(_slow(key, line.shape, 6) > _within(u[0], 0.9, 1.6), 1.0, line)


def morphology(line: Array, batch: Batch, u: Array, key: Array) -> Array:
  """Thicker or thinner lines: minimum or maximum over true squares of 2 to 5 pixels."""
  # Lines may grow to 5 px, mostly by less; thinning by more than 2 would erase them.
  sign = jnp.where(u[0] < 0.7, -1.0, 1.0)
  width = jnp.where(sign > 0, 2, 2 + sum((u[1] > level).astype(int) for level in (0.55, 0.8, 0.92)))
  value = sign * line
  for axis in (1, 2):
    kept = value
    for t, moved in enumerate(shifts(value, 4, axis)[4:]):
      kept = jnp.where(t < width, jnp.maximum(kept, moved), kept)
    value = kept
  return sign * value


def intensity(line: Array, batch: Batch, u: Array, key: Array) -> Array:
  """Paler or stronger strokes: x^i with i in [0.6, 1.7] (SerialLain3170's intensity)."""
  return jnp.maximum(line, 1e-6) ** _within(u[0], 0.6, 1.7)


def ink(line: Array, batch: Batch, u: Array, key: Array) -> Array:
  """Flat ink: all ink becomes one dark tone, 0 to 30 of 255."""
  return jnp.where(line < 200 / 255, _within(u[0], 0, 30 / 255), line)


def fade(line: Array, batch: Batch, u: Array, key: Array) -> Array:
  """The sketch jitter of AlacGAN: x r + 1 - r, r in [0.7, 1]."""
  r = _within(u[0], 0.7, 1.0)
  return line * r + 1 - r


def wobble(line: Array, batch: Batch, u: Array, key: Array) -> Array:
  """A less steady hand: points move by up to about a pixel, smoothly."""
  moves = _slow(key, (*line.shape[:3], 2), 12)
  moves = jnp.clip(moves * _within(u[0], 0.3, 1.0), -2, 2)
  for axis in (1, 2):  # linear interpolation, one axis after the other
    move = moves[..., axis - 1 : axis]
    line = sum(
      jnp.maximum(0, 1 - jnp.abs(move - t)) * moved
      for t, moved in zip(range(-2, 3), shifts(line, 2, axis))
    )
  return line


def screentone(line: Array, batch: Batch, u: Array, key: Array) -> Array:
  """Halftone dots in the dark parts of the colours (of the background, without colours)."""
  angle, period = _within(u[0], 0, jnp.pi / 2), _within(u[1], 3.0, 7.0)
  y, x = (jnp.arange(n, dtype=line.dtype) for n in line.shape[1:3])
  y, x = y[None, :, None, None], x[None, None, :, None]
  across = (jnp.cos(angle) * x + jnp.sin(angle) * y) * (2 * jnp.pi / period)
  down = (jnp.cos(angle) * y - jnp.sin(angle) * x) * (2 * jnp.pi / period)
  dots = 0.5 + 0.25 * (jnp.cos(across) + jnp.cos(down))  # the fraction above t falls as t grows
  shade = grey(batch['rgb'] / 2 + 0.5) if 'rgb' in batch else jnp.full_like(line, 0.6)
  tone = jnp.clip((shade - 1 + dots) * 6 + 0.5, 0, 1)
  return jnp.minimum(line, jnp.where(shade < _within(u[2], 0.35, 0.7), tone, 1.0))


def scan(line: Array, batch: Batch, u: Array, key: Array) -> Array:
  """A scanner: soft focus, grain, uneven background, specks."""
  line = gaussian(line, _within(u[0], 0.3, 0.8)[:, 0, 0, 0])
  light, grain = (jax.random.fold_in(key, i) for i in range(2))
  line = line * (1 - _within(u[1], 0, 0.12) * (0.6 + 0.4 * _slow(light, line.shape, 48)))
  grain = jax.random.normal(grain, line.shape)
  line = line + _within(u[2], 0, 0.05) * grain
  return jnp.where(grain < -3.5, 0.2, jnp.where(grain > 3.5, 1.0, line))


def binarize(line: Array, batch: Batch, u: Array, key: Array) -> Array:
  """A black-and-white scan: one threshold."""
  return (line > _within(u[0], 0.45, 0.8)).astype(line.dtype)


def jpeg(line: Array, batch: Batch, u: Array, key: Array) -> Array:
  """Ringing and blocks: JPEG quantisation at a quality of 10 to 60."""
  return jpeg_artifacts.degrade(line, _within(u[0], 10, 60)[:, 0, 0, 0])


# In the order in which they occur: the hand, the ink, the print, the scan, the file.
AUGMENTS = {
  'wobble': wobble,
  'broken': broken,
  'morphology': morphology,
  'intensity': intensity,
  'ink': ink,
  'fade': fade,
  'screentone': screentone,
  'binarize': binarize,
  'scan': scan,
  'jpeg': jpeg,
}


def _within(u: Array, low: float, high: float) -> Array:
  return low + (high - low) * u


def _slow(key: Array, shape: tuple[int, ...], cell: int) -> Array:
  """Smooth noise [B, H, W, C] of about unit variance that changes over `cell` pixels."""
  b, h, w, c = shape
  coarse = jax.random.normal(key, (b, -(-h // cell) + 2, -(-w // cell) + 2, c))
  size = coarse.shape[1] * cell, coarse.shape[2] * cell
  # Linear interpolation lowers the variance; the factor 1.4 restores it approximately.
  fine = jax.image.resize(coarse, (b, *size, c), 'linear')
  return 1.4 * fine[:, cell : cell + h, cell : cell + w]
