"""What hint metrics have in common: asking for an answer, and how right it is."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.evals import fetch
from onepunch_jax.evals.image import DRAWN, WHITE

__all__ = ['alone', 'ask', 'fetch', 'psnr', 'side']
GUIDES = ('hint', 'tags', 'reference')


def alone(batch: dict, guide: str) -> dict:
  """The batch without what else a person may give than `guide`, which is what is measured."""
  return {k: x for k, x in batch.items() if k == guide or k not in GUIDES}


def ask(answer, batch, **changed) -> jax.Array:
  """The answer to a batch with other hints or lines, laid out as it is: one compilation for all."""
  placed = {k: jax.device_put(x, batch['rgb'].sharding) for k, x in changed.items()}
  return answer({**batch, **placed})


@jax.jit
def psnr(painted, batch) -> list[jax.Array]:
  """[B, H, W, 3] -> PSNR [B], and PSNR inside (as in evals/image); NaN where nothing is inside."""
  target, line = 0.5 + 0.5 * batch['rgb'], 0.5 + 0.5 * batch['line'][..., 0]
  error = jnp.mean((painted - target) ** 2, -1)
  inside = (line < DRAWN) | (target.min(-1) < WHITE)
  count = inside.sum((1, 2))
  within = jnp.where(count > 0, jnp.sum(error * inside, (1, 2)) / jnp.maximum(count, 1), jnp.nan)
  return [-10 * jnp.log10(jnp.maximum(x, 1e-10)) for x in (error.mean((1, 2)), within)]


def side(size: int, shape: Sequence[int]) -> int:
  """Pixels of a length that is `size` at 256, in a picture of `shape`."""
  return max(1, round(size * min(shape[:2]) / 256))
