"""A head that paints with what it is given: copies of it, or a proposal of its own, by a gate.

For each pixel there are several colours: that of the nearest hint over the ink (as paint under the
line art; so too with the ink that it was taken from divided out; and as it is, exactly), means by
attention of the hints' colours (the other sleeve has one colour with this one) and of more that was
told (tags, a reference), and what the features propose.  A softmax weighs them, which starts by
trusting a hint as far as no line lies between; a correction of that mixture, from 0 on, learns
shading and coloured ink.  Where nothing is given the proposal has all.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax import hints
from onepunch_jax.nets.conv import Conv
from onepunch_jax.nets.layers import HE, avg_pool, leaky_relu, upsample_nearest

NEAR = ('near', 'cleaned', 'exact')  # what comes of the nearest hint
LIGHTEST = 0.35  # ink is divided out of hints on line art at least so light


class Model(nn.Module):
  """Features, line art, a hint and its spread colours to colours [B, H, W, 3] in about [-1, 1].

  Args of a call:
    features: [B, H, W, F], raw.
    line: [B, H, W, 1] in [-1, 1].
    hint: [B, H, W, 4] (onepunch_jax.hints).
    near, light: of prepare/propagate.carry, [B, H, W, 3] and [B, H, W, 1].
    clues: of prepare/propagate.clues, [B, H, W, 4].
    told: more to copy from: (keys [B, K, *], colours [B, K, 3], 1 where valid [B, K]) of each.

  Returns:
    (colours, weights [B, H, W, N]: of NEAR, of attention to hints, to each of `told`, and of the
    proposal).

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
  def __call__(self, features, line, hint, near, light, clues, told=(), train: bool = False):
    conv = lambda x, n, name, **kwargs: Conv(n, dtype=self.dtype, name=name, **kwargs)(x)
    close = clues[..., 1:2]  # on this side of the lines
    seen = [leaky_relu(features), line, hint, near * close, light * close, clues]
    x = nn.relu(conv(jnp.concatenate(seen, -1), self.width, 'conv_0', kernel_init=HE))
    x = nn.relu(conv(x, self.width, 'conv_1', kernel_init=HE)).astype(jnp.float32)

    groups = [('hint', *self._cells(x, hint))]
    groups += [(f'told_{i}', *group) for i, group in enumerate(told)]
    wide = jnp.broadcast_to(clues[..., -1:] > 0.5, (*x.shape[:3], len(NEAR)))
    query = Conv(self.keys * len(groups), 1, name='query')(avg_pool(x, self.stride))
    choices, logits, possible = [], [], [wide]
    for asked, (name, keys, colors, valid) in zip(jnp.split(query, len(groups), -1), groups):
      found = _attend(asked, nn.Dense(self.keys, name=f'key_{name}')(keys), colors, valid)
      copied, score, any_ = (upsample_nearest(a, self.stride) for a in found)
      choices.append(_under(copied, line))
      sure = self.param(f'sure_{name}', nn.initializers.constant(0.1), ())
      logits.append(sure * score)
      possible.append(any_ > 0)

    paint = 0.5 + 0.5 * near
    cleaned = jnp.minimum(paint / jnp.maximum(light, LIGHTEST), 1)
    proposal = jnp.tanh(conv(x, 3, 'proposal'))
    choices = [_under(near, line), _under(2 * cleaned - 1, line), near, *choices, proposal]
    prior = self.trust * (2 * close - 1)
    prior = jnp.concatenate([prior, prior - 1, prior - 2, *logits, jnp.zeros_like(line)], -1)
    learned = conv(jnp.concatenate([x, clues], -1), len(choices), 'gate',
                   kernel_init=nn.initializers.normal(0.01))
    possible = jnp.concatenate([*possible, jnp.ones_like(line, bool)], -1)
    gate = jax.nn.softmax(jnp.where(possible, learned + prior, -1e9), -1)
    mixed = jnp.einsum('bhwn,bhwnc->bhwc', gate, jnp.stack(choices, -2))
    shade = nn.relu(conv(jnp.concatenate([x, mixed], -1), self.width, 'shade', kernel_init=HE))
    return mixed + conv(shade, 3, 'correct', kernel_init=nn.initializers.zeros), gate

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


def _under(color, line):
  """Colours under the line art."""
  return (1 + color) * (0.5 + 0.5 * line) - 1


def _attend(query, key, color, valid):
  """Queries [B, h, w, D] on keys [B, K, D] with colours [B, K, 3].

  Returns (colours, the log of how well all keys fit, whether there are any), [B, h, w, 3 or 1].
  """
  scores = jnp.einsum('bhwd,bkd->bhwk', query, key) / key.shape[-1] ** 0.5
  scores = jnp.where(valid[:, None, None] > 0, scores, -1e9)
  copied = jnp.einsum('bhwk,bkc->bhwc', jax.nn.softmax(scores), color)
  there = jnp.max(valid, 1)[:, None, None, None]
  score = jnp.where(there > 0, jax.nn.logsumexp(scores, -1, keepdims=True), 0)
  return copied * there, score, jnp.broadcast_to(there, score.shape)
