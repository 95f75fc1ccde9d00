"""Picture metrics beside their floors, each the mean over pictures of a per-picture value.

  psnr         10 log10(1 / MSE) over the whole picture, sRGB in [0, 1]
  psnr_inside  the same over pixels that are ink or not white in the target
  ssim         Wang et al. 2004, Gaussian 11x11, sigma 1.5 (dm-pix)
  de00         CIEDE2000, mean over inside pixels that are not ink; de00_p95, and de00_ok: the
               share of them at or under 5
  colorful     Hasler and Suesstrunk 2003, of the prediction (rows: of each answer)

Rows: `model`; and answers that need no learning: `line` (the line art), `mean` (one colour, the
mean of all targets), `regions` (each target region filled with its own mean; where known).
"""

from collections.abc import Callable, Iterable

import dm_pix
import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.ops import color

INK = 0.5  # darker line art is ink
DRAWN = 0.9  # darker line art counts as inside
WHITE = 0.98  # a target pixel with every channel above is paper
COLUMNS = ('psnr', 'psnr_inside', 'ssim', 'de00', 'de00_p95', 'de00_ok', 'colorful')


def make(*, floors=True) -> Callable:
  """(paint, batches) -> {'<row>/<column>': value, 'pictures': N}; floor rows are optional."""
  measured = {}  # floors do not change from one evaluation to the next

  def evaluate(paint: Callable, batches: Iterable) -> dict[str, float]:
    if floors and 'of' not in measured:
      measured['of'] = _floors(batches)
    rows = _average({'model': paint}, batches)
    return {**measured.get('of', {}), **rows}

  return evaluate


def compare(painted: jax.Array, batch: dict) -> dict[str, jax.Array]:
  """Per-picture metrics of sRGB [B, H, W, 3] in [0, 1] against a cast batch -> {name: [B]}.

  Where a picture has no pixels to measure a metric on, the value is NaN.
  """
  target, line = 0.5 + 0.5 * batch['rgb'], 0.5 + 0.5 * batch['line'][..., 0]
  inside = (line < DRAWN) | (target.min(-1) < WHITE)
  colored = inside & (line >= INK)
  error = jnp.mean((painted - target) ** 2, -1)
  everywhere = jnp.ones_like(inside)
  delta = color.delta_e(color.rgb_to_lab(painted), color.rgb_to_lab(target))
  return {
    'psnr': _psnr(_masked_mean(error, everywhere)),
    'psnr_inside': _psnr(_masked_mean(error, inside)),
    'ssim': dm_pix.ssim(target, painted),
    'de00': _masked_mean(delta, colored),
    'de00_p95': jnp.nanpercentile(jnp.where(colored, delta, jnp.nan), 95, axis=(1, 2)),
    'de00_ok': _masked_mean((delta <= 5).astype(jnp.float32), colored),
    'colorful': colorfulness(painted),
  }


def colorfulness(rgb: jax.Array) -> jax.Array:
  """sRGB [B, H, W, 3] in [0, 1] -> [B], on the 0-255 scale of Hasler and Suesstrunk (2003)."""
  r, g, b = jnp.moveaxis(255 * rgb, -1, 0)
  rg, yb = r - g, 0.5 * (r + g) - b
  spread = jnp.sqrt(rg.var((1, 2)) + yb.var((1, 2)))
  return spread + 0.3 * jnp.sqrt(rg.mean((1, 2)) ** 2 + yb.mean((1, 2)) ** 2)


def fill_regions(rgb: jax.Array, regions: jax.Array) -> jax.Array:
  """Each region of [B, H, W, 1] (ids 0-255) filled with the mean of [B, H, W, 3] over it."""

  def fill(rgb, ids):
    flat, ids = rgb.reshape(-1, 3), ids.reshape(-1).astype(jnp.int32)
    total = jax.ops.segment_sum(flat, ids, 256)
    count = jax.ops.segment_sum(jnp.ones(ids.shape), ids, 256)
    return (total / jnp.maximum(count, 1)[:, None])[ids].reshape(rgb.shape)

  return jax.vmap(fill)(rgb, regions)


def _floors(batches) -> dict[str, float]:
  total, count, known = np.zeros(3), 0.0, True
  sums = jax.jit(
    lambda b: (
      jnp.sum(jnp.mean(0.5 + 0.5 * b['rgb'], (1, 2)) * b['valid'][:, None], 0),
      b['valid'].astype(jnp.float32).sum(),
      jnp.all(b['regions'].max((1, 2, 3)) > 0) if 'regions' in b else False,
    )
  )
  for batch in batches:
    t, n, all_known = jax.device_get(sums(batch))
    total, count, known = total + t, count + n, known and bool(all_known)
  mean = jnp.asarray(total / max(count, 1), jnp.float32)
  rows = {
    'line': lambda b: jnp.repeat(0.5 + 0.5 * b['line'], 3, -1),
    'mean': lambda b: jnp.broadcast_to(mean, b['rgb'].shape),
  }
  if known:
    rows['regions'] = lambda b: fill_regions(0.5 + 0.5 * b['rgb'], b['regions'])
  return _average({name: jax.jit(answer) for name, answer in rows.items()}, batches)


def _average(rows: dict[str, Callable], batches) -> dict[str, float]:
  @jax.jit
  def measure(painted, batch):
    valid = batch['valid'] > 0
    return {
      k: (jnp.sum(jnp.where(valid & ~jnp.isnan(x), x, 0)), jnp.sum(valid & ~jnp.isnan(x)))
      for k, x in compare(painted, batch).items()
    }

  totals, pictures = {}, 0
  for batch in batches:
    sums = {name: measure(answer(batch), batch) for name, answer in rows.items()}
    totals = jax.tree.map(np.add, totals, jax.device_get(sums)) if totals else jax.device_get(sums)
    pictures += int(jax.device_get(batch['valid'].sum()))
  means = {
    f'{row}/{k}': float(total / count) if count else float('nan')
    for row, columns in totals.items()
    for k, (total, count) in columns.items()
  }
  return {**means, 'pictures': pictures}


def _psnr(mse):
  return -10 * jnp.log10(jnp.maximum(mse, 1e-10))


def _masked_mean(x, mask):
  count = mask.sum((1, 2))
  return jnp.where(count > 0, jnp.sum(x * mask, (1, 2)) / jnp.maximum(count, 1), jnp.nan)
