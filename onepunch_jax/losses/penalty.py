"""Gradient penalties on critics.  Norms are per sample, over all dimensions of the input.

`critic` maps pictures [B, H, W, C] to a pytree of logits; no batch norm may be in it, since
that makes a sample's logit depend on its neighbours.
"""

from collections.abc import Callable

import flax.linen as nn
import jax
import jax.numpy as jnp

Array = jax.Array


def make(
  critic: nn.Module, *, gp: float = 0.0, r1: float = 0.0, r2: float = 0.0, drift: float = 0.0
) -> Callable:
  """(critic of pictures, real, fake, real logits, key) -> (weighted sum, {name: term}).

  Args:
    critic: the discriminator's module.
    gp: weight of WGAN-GP's penalty.
    r1, r2: weights of the zero-centred penalties on real and on fake pictures.
    drift: weight of E D(x)^2 on real pictures, which keeps a WGAN's logits near 0 (Karras 2018).

  Raises:
    ValueError: the critic has batch norm.
  """
  if (gp or r1 or r2) and getattr(critic, 'norm', None) == 'batch':
    raise ValueError(
      'A gradient penalty is on the logits of single pictures, but with batch norm each depends on '
      "the whole batch: give the discriminator norm='instance', 'layer' or 'none'."
    )

  def penalise(critic, real, fake, real_logits, key):
    terms = {
      'gp': (gp, lambda: wgan_gp(critic, real, fake, key)),
      'r1': (r1, lambda: zero_centred(critic, real)),
      'r2': (r2, lambda: zero_centred(critic, fake)),
      'drift': (drift, lambda: mean_square(real_logits)),
    }
    found = {name: (weight, term()) for name, (weight, term) in terms.items() if weight}
    return sum(w * x for w, x in found.values()), {name: x for name, (_, x) in found.items()}

  return penalise


def mean_square(logits) -> Array:
  """E D(x)^2 over a pytree of logits, each leaf weighing the same."""
  leaves = [jnp.mean(x.astype(jnp.float32) ** 2) for x in jax.tree.leaves(logits)]
  return sum(leaves) / len(leaves)


def wgan_gp(critic: Callable, real: Array, fake: Array, key: Array, centre: float = 1.0) -> Array:
  """E (||grad D|| - centre)^2 on the line between real and fake (Gulrajani et al. 2017, eq. 3)."""
  mix = jax.random.uniform(key, (real.shape[0],) + (1,) * (real.ndim - 1))
  norm = jnp.sqrt(_squared_norm(critic, mix * real + (1 - mix) * fake) + 1e-12)
  return jnp.mean((norm - centre) ** 2)


def zero_centred(critic: Callable, x: Array) -> Array:
  """E ||grad D(x)||^2: R1 on real, R2 on fake pictures (Mescheder et al. 2018, eq. 9, 10)."""
  return jnp.mean(_squared_norm(critic, x))


def _squared_norm(critic, x):
  """||d mean logit / dx||^2 of each sample -> [B]; patch logits are averaged per sample."""

  def total(x):
    return sum(
      jnp.mean(logits.astype(jnp.float32), axis=range(1, logits.ndim)).sum()
      for logits in jax.tree.leaves(critic(x))
    )

  return jnp.sum(jax.grad(total)(x) ** 2, axis=range(1, x.ndim))
