"""Means of features over regions, by a matrix product: scattering is slow on CPUs."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

Array = jax.Array


def region_means(features: Sequence[Array], labels: Array, places: Array) -> Array:
  """Means over regions of features at several strides, side by side.

  Args:
    features: [B, h, w, C] each; the first one has half the size of the picture, and the others
      sizes that divide it.
    labels: int32 [B, H, W, 1] in 0 .. N - 1.
    places: float32 [B, N, 2], x and y in [-1, 1] of a pixel of each region, which stands for
      regions that all samples of the map miss.

  Returns:
    float32 [B, N, sum of C].
  """
  b, h, w, _ = features[0].shape
  count = places.shape[1]
  cells = jnp.arange(count)
  inside = (labels[:, 1::2, 1::2] == cells).astype(jnp.float32)  # [B, h, w, N]
  at = (0.5 + 0.5 * places) * jnp.array([w, h])
  near = lambda n, x: jnp.arange(n)[:, None] == jnp.clip(jnp.floor(x), 0, n - 1)[:, None]
  column, row = near(w, at[..., 0]), near(h, at[..., 1])  # [B, w, N], [B, h, N]
  missed = inside.sum((1, 2)) == 0
  place = row[:, :, None] & column[:, None] & missed[:, None, None]
  inside = jnp.where(place, 1.0, inside)
  pooled = []
  for f in features:
    step = h // f.shape[1]
    share = inside.reshape(b, h // step, step, w // step, step, count).sum((2, 4))
    share = share.reshape(b, -1, count)
    total = jnp.einsum('bpn,bpc->bnc', share, f.reshape(b, share.shape[1], -1))
    pooled.append(total / jnp.maximum(share.sum(1), 1.0)[..., None])
  return jnp.concatenate(pooled, -1)
