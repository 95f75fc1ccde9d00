"""What happens to line art on paper and in files: augmentations of batch['line'] on the device.

Each one is a pure function (line, batch, u, key) -> line on [B, H, W, 1] in [0, 1] (0 is ink);
u are uniform numbers [3, B, 1, 1, 1] for its strength in each sample, key is for its grain. Each
sample has each of them with a given probability.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.ops import jpeg_artifacts
from onepunch_jax.ops.blur import gaussian, shifts
from onepunch_jax.ops.line_extraction import grey


def make(*, probability: float = 0.5, augment: Sequence[str] | None = None) -> Callable:
  """A prepare step that disturbs batch['line'] (float [B, H, W, 1] in [-1, 1]).

  Args:
    probability: of each augmentation for each sample.
    augment: names from `AUGMENTS`, None is all; they are applied in the order of `AUGMENTS`.

  Raises:
    ValueError: for an unknown name or a probability outside [0, 1].
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


def broken(line, batch, u, key):
  """Gaps: ink vanishes where slow noise is high."""
  return jnp.where(_slow(key, line.shape, 6) > _within(u[0], 0.9, 1.6), 1.0, line)


def morphology(line, batch, u, key):
  """Thicker or thinner lines: minimum or maximum over true squares of 2 to 5 pixels."""
  # Lines may grow to 5 px, mostly by less; thinning by more than 2 would erase them.
  sign = jnp.where(u[0] < 0.7, -1.0, 1.0)
  width = jnp.where(sign > 0, 2, 2 + sum((u[1] > share).astype(int) for share in (0.55, 0.8, 0.92)))
  value = sign * line
  for axis in (1, 2):
    kept = value
    for t, moved in enumerate(shifts(value, 4, axis)[4:]):
      kept = jnp.where(t < width, jnp.maximum(kept, moved), kept)
    value = kept
  return sign * value


def intensity(line, batch, u, key):
  """Paler or stronger strokes: x^i with i in [0.6, 1.7] (SerialLain3170's intensity)."""
  return jnp.maximum(line, 1e-6) ** _within(u[0], 0.6, 1.7)


def ink(line, batch, u, key):
  """Flat ink: everything that is ink becomes one dark tone, 0 to 30 of 255."""
  return jnp.where(line < 200 / 255, _within(u[0], 0, 30 / 255), line)


def fade(line, batch, u, key):
  """The sketch jitter of AlacGAN: x r + 1 - r, r in [0.7, 1]."""
  r = _within(u[0], 0.7, 1.0)
  return line * r + 1 - r


def wobble(line, batch, u, key):
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


def screentone(line, batch, u, key):
  """Halftone dots in the dark parts of the colour picture (or over paper, where there is none)."""
  angle, period = _within(u[0], 0, jnp.pi / 2), _within(u[1], 3.0, 7.0)
  y, x = (jnp.arange(n, dtype=line.dtype) for n in line.shape[1:3])
  y, x = y[None, :, None, None], x[None, None, :, None]
  across = (jnp.cos(angle) * x + jnp.sin(angle) * y) * (2 * jnp.pi / period)
  down = (jnp.cos(angle) * y - jnp.sin(angle) * x) * (2 * jnp.pi / period)
  dots = 0.5 + 0.25 * (jnp.cos(across) + jnp.cos(down))  # the share above t falls as t grows
  shade = grey(batch['rgb'] / 2 + 0.5) if 'rgb' in batch else jnp.full_like(line, 0.6)
  tone = jnp.clip((shade - 1 + dots) * 6 + 0.5, 0, 1)
  return jnp.minimum(line, jnp.where(shade < _within(u[2], 0.35, 0.7), tone, 1.0))


def scan(line, batch, u, key):
  """A scanner: soft focus, grain, uneven paper, specks."""
  line = gaussian(line, _within(u[0], 0.3, 0.8)[:, 0, 0, 0])
  light, grain = (jax.random.fold_in(key, i) for i in range(2))
  line = line * (1 - _within(u[1], 0, 0.12) * (0.6 + 0.4 * _slow(light, line.shape, 48)))
  grain = jax.random.normal(grain, line.shape)
  line = line + _within(u[2], 0, 0.05) * grain
  return jnp.where(grain < -3.5, 0.2, jnp.where(grain > 3.5, 1.0, line))


def binarize(line, batch, u, key):
  """A black-and-white scan: one threshold."""
  return (line > _within(u[0], 0.45, 0.8)).astype(line.dtype)


def jpeg(line, batch, u, key):
  """Ringing and blocks: JPEG's own quantisation at a quality of 10 to 60."""
  return jpeg_artifacts.degrade(line, _within(u[0], 10, 60)[:, 0, 0, 0])


# In the order in which they happen to a drawing: the hand, the ink, the print, the scan, the file.
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


def _within(u, low, high):
  return low + (high - low) * u


def _slow(key, shape, cell: int):
  """Smooth noise [B, H, W, C] of about unit variance that changes over `cell` pixels."""
  b, h, w, c = shape
  coarse = jax.random.normal(key, (b, -(-h // cell) + 2, -(-w // cell) + 2, c))
  size = coarse.shape[1] * cell, coarse.shape[2] * cell
  # Linear interpolation lowers the variance; 1.4 brings it about back.
  return (
    1.4 * jax.image.resize(coarse, (b, *size, c), 'linear')[:, cell : cell + h, cell : cell + w]
  )
