"""A head that paints with hints: copies of their colours, or a proposal of its own, by a gate.

For each pixel there are three colours: that of the nearest hint over the ink (exact), a mean of the
hints' colours by attention (the other sleeve has one colour with this one), and what the features
propose.  A softmax of three weighs them; without hints the third has all.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax import hints
from onepunch_jax.nets.conv import Conv
from onepunch_jax.nets.layers import HE, avg_pool, leaky_relu, upsample_nearest


class Model(nn.Module):
  """Features, line art, a hint and its spread colours to colours [B, H, W, 3] in [-1, 1].

  Args of a call:
    features: [B, H, W, F], raw.
    line: [B, H, W, 1] in [-1, 1].
    hint: [B, H, W, 4] (onepunch_jax.hints).
    near, cost: of prepare/propagate.spread, [B, H, W, 3] and [B, H, W, 1].
    extra: more to copy from, or None: (keys [B, K, F], colours [B, K, 3], 1 where valid [B, K]),
      the keys from features of the same net (a reference picture).

  Returns:
    (colours, weights [B, H, W, 3] of the nearest hint, of attention and of the proposal).

  Attention asks once for `stride` x `stride` pixels and sees hints by cells of `cell` pixels, the
  `most` cells with most of a hint.  Sides are multiples of both.
  """

  width: int = 32
  keys: int = 16
  stride: int = 2
  cell: int = 4
  most: int = 128
  trust: float = 3.0
  dtype: Any = None

  @property
  def multiple(self) -> int:
    """The sides of a picture are multiples of this."""
    return max(self.stride, self.cell)

  @nn.compact
  def __call__(self, features, line, hint, near, cost, extra=None, train: bool = False):
    conv = lambda x, n, name, **kwargs: Conv(
      n, kernel_init=HE, dtype=self.dtype, name=name, **kwargs)(x)
    seen = jnp.concatenate([leaky_relu(features), line, near, cost, hint], -1)
    x = nn.relu(conv(seen, self.width, 'conv_0'))
    x = nn.relu(conv(x, self.width, 'conv_1'))

    query = Conv(self.keys, 1, name='query')(avg_pool(x.astype(jnp.float32), self.stride))
    key = nn.Dense(self.keys, name='key')
    told, colors, there = self._cells(x.astype(jnp.float32), hint)
    tokens = [(key(told), colors, there)]
    if extra is not None:
      tokens.append((nn.Dense(self.keys, name='key_extra')(extra[0]), *extra[1:]))
    told, colors, there = (jnp.concatenate(part, 1) for part in zip(*tokens))
    copied, found = _attend(query, told, colors, there)
    copied, found = (upsample_nearest(a, self.stride) for a in (copied, found))

    proposal = jnp.tanh(Conv(3, 3, name='proposal')(x))
    logits = Conv(3, 3, name='gate')(x) + jnp.array([self.trust, 0.0, 0.0])
    hinted = jnp.max(hint[..., 3:], (1, 2), keepdims=True)
    possible = jnp.concatenate(
      jnp.broadcast_arrays(hinted, found, jnp.ones_like(cost)), -1)  # pixel by pixel
    gate = jax.nn.softmax(jnp.where(possible > 0, logits, -1e9), -1)
    inked = lambda color: (1 + color) * (0.5 + 0.5 * line) - 1  # a copy lies under the line art
    choices = jnp.stack([inked(near), inked(copied), proposal], -2)
    return jnp.einsum('bhwn,bhwnc->bhwc', gate, choices), gate

  def _cells(self, x, hint):
    """The cells with most of a hint: mean features [B, K, F], colours [B, K, 3], 0 or 1 [B, K]."""
    b, count = x.shape[0], hint[..., 3:]
    mean = lambda a: avg_pool(a, self.cell).reshape(b, -1, a.shape[-1])
    amount = mean(count)
    features = mean(x * count) / jnp.maximum(amount, 1e-6)
    colors = hints.shrink(hint, self.cell).reshape(b, -1, 4)[..., :3]
    amount, best = jax.lax.top_k(amount[..., 0], min(self.most, amount.shape[1]))
    pick = lambda a: jnp.take_along_axis(a, best[..., None], 1)
    return pick(features), pick(colors), (amount > 0).astype(jnp.float32)


def _attend(query, key, color, there):
  """Queries [B, h, w, D] on keys [B, K, D] with colours [B, K, 3] -> (colours, whether any)."""
  scores = jnp.einsum('bhwd,bkd->bhwk', query, key) / key.shape[-1] ** 0.5
  weight = jax.nn.softmax(jnp.where(there[:, None, None] > 0, scores, -1e9), -1)
  found = jnp.max(there, 1)[:, None, None, None]
  copied = jnp.einsum('bhwk,bkc->bhwc', weight, color)
  return copied * found, jnp.broadcast_to(found, (*query.shape[:3], 1))
