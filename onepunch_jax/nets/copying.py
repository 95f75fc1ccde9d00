"""A head that paints with what it is given: copies of it, or a proposal of its own, by a gate.

For each pixel there are several colours: that of the nearest hint over the ink (as paint under the
line art; so too with the ink that it was taken from divided out; and as it is, exactly), means by
attention of the hints' colours (the other sleeve has one colour with this one) and of more that was
told (tags, a reference), and what the features propose.  A softmax weighs them, which starts by
trusting a hint as far as no line lies between, and is told how far the others are from the hint's:
where they agree their mean is better, where they do not somebody wanted the hint's.  In use it
trusts hints more than it learned to: there they are not the drawing's own, a person insists.  A
correction of that mixture, from 0 on, learns shading and coloured ink.  Where nothing is given the
proposal has all.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.guides import hints
from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import HE, avg_pool, leaky_relu, upsample_nearest

NEAR = ('near', 'cleaned', 'exact')  # what comes of the nearest hint


class Model(nn.Module):
  """Features, line art, a hint and its spread colours to colours [B, H, W, 3] in about [-1, 1].

  Args of a call:
    features: [B, H, W, F], raw.
    line: [B, H, W, 1] in [-1, 1].
    hint: [B, H, W, 4] (onepunch_jax.guides.hints).
    near, light: of guides/geodesic.propagate, [B, H, W, 3] and [B, H, W, 1].
    clues: of guides/geodesic.proximity, [B, H, W, 4].
    told: more to copy from: (keys [B, K, *], colours [B, K, 3], 1 where valid [B, K]) of each.

  Returns:
    (colours, weights [B, H, W, N]: of NEAR, of attention to hints, to each of `told`, and of the
    proposal; the answers of attention and the proposal by themselves, [B, H, W, N - 3, 3]; of each
    of `told` the attention [B, H / stride, W / stride, K + 1], the last to nothing of it).

  Attention to hints is by the distance of what their places look like; to what was told, by the
  product with its keys; what is like nothing of it is paper or as proposed (`paper`).  It asks
  once for `stride` x `stride` pixels and sees hints by cells of `cell` pixels, the `most` cells
  with most of a hint.  Sides are multiples of both.

  Args:
    width: channels of its convolutions.
    keys: numbers by which places are alike.
    paper: of each of `told`, whether what is like nothing of it is paper; () is always.
    trust, insist: logits by which hints on this side of the lines are ahead, others behind; in use
      both.
  """

  width: int = 32
  keys: int = 16
  stride: int = 2
  cell: int = 4
  most: int = 128
  paper: tuple[bool, ...] = ()
  trust: float = 3.0
  insist: float = 3.0
  dtype: Any = None

  @property
  def multiple(self) -> int:
    """The sides of a picture are multiples of this."""
    return max(self.stride, self.cell)

  @nn.compact
  def __call__(self, features, line, hint, near, light, clues, told=(), train: bool = False):
    conv = lambda x, n, name, kernel=1, **kwargs: Conv(
      n, kernel, dtype=self.dtype, name=name, **kwargs
    )(x)
    close = clues[..., 1:2]  # on this side of the lines
    seen = [leaky_relu(features), line, hint, near * close, light * close, clues]
    x = nn.relu(conv(jnp.concatenate(seen, -1), self.width, 'conv_0', 3, kernel_init=HE))
    x = nn.relu(conv(x, self.width, 'conv_1', kernel_init=HE)).astype(jnp.float32)

    cleaned = hints.cleaned(near, light)
    places = leaky_relu(features).astype(jnp.float32)
    pooled, (cells, *hinted) = avg_pool(places, self.stride), self._cells(places, cleaned, hint)
    look = nn.Dense(self.keys, name='look')  # places that look alike have one colour
    sharp = self.param('sharp', nn.initializers.zeros, ())
    proposal = jnp.tanh(conv(x, 3, 'proposal'))
    groups = [('hint', -jnp.exp(sharp) * _far(look(pooled), look(cells)), None, True, *hinted)]
    for i, (keys, *more) in enumerate(told):
      asked = nn.Dense(keys.shape[-1], name=f'query_{i}')(pooled)
      nothing = nn.Dense(1, name=f'nothing_{i}')(pooled)
      scores = jnp.einsum('bhwd,bkd->bhwk', asked, keys)
      groups.append((f'told_{i}', scores, nothing, not self.paper or self.paper[i], *more))
    choices, logits, possible, looked = [], [], [], []
    for name, scores, nothing, paper, colors, valid in groups:
      *found, weights = _attend(scores, colors, valid, nothing, paper)
      looked.append(weights)
      copied, score, there = (upsample_nearest(a, self.stride) for a in found)
      choice, share = hints.under(copied, line), jnp.exp(score)
      choices.append(choice if paper else share * choice + (1 - share) * proposal)
      sure = self.param(f'sure_{name}', nn.initializers.constant(0.3), ())
      logits.append(sure * score)
      possible.append(there > 0)

    choices = [hints.under(near, line), hints.under(cleaned, line), near, *choices, proposal]
    prior = (self.trust if train else self.trust + self.insist) * (2 * close - 1)
    prior = jnp.concatenate([prior, prior - 1, prior - 2, *logits, jnp.zeros_like(line)], -1)
    others = [
      *choices[:1],
      *choices[len(NEAR) :],
    ]  # who differs from the hint, cleaned, and how far
    apart = jnp.stack([jnp.abs(other - choices[1]).mean(-1) for other in others], -1)
    learned = conv(
      jnp.concatenate([x, clues, apart * close], -1),
      len(choices),
      'gate',
      kernel_init=nn.initializers.normal(0.01),
    )
    near_any = jnp.broadcast_to(clues[..., -1:] > 0.5, (*x.shape[:3], len(NEAR)))
    possible = jnp.concatenate([near_any, *possible, jnp.ones_like(line, bool)], -1)
    gate = jax.nn.softmax(jnp.where(possible, learned + prior, -1e9), -1)
    mixed = jnp.einsum('bhwn,bhwnc->bhwc', gate, jnp.stack(choices, -2))
    shade = nn.relu(conv(jnp.concatenate([x, mixed], -1), self.width, 'shade', 3, kernel_init=HE))
    fixed = conv(shade, 3, 'correct', kernel_init=nn.initializers.zeros)
    return mixed + fixed, gate, jnp.stack(choices[len(NEAR) :], -2), tuple(looked[1:])

  def _cells(self, x, color, hint):
    """The cells with most of a hint: mean features [B, K, F], colours [B, K, 3], 0 or 1 [B, K]."""
    told = jnp.concatenate([x, color], -1) * hint[..., 3:]
    small = hints.shrink(jnp.concatenate([told, hint[..., 3:]], -1), self.cell)
    small = small.reshape(small.shape[0], -1, small.shape[-1])
    amount = avg_pool(hint[..., 3:], self.cell).reshape(small.shape[:2])
    amount, best = jax.lax.top_k(amount, min(self.most, amount.shape[1]))
    small = jnp.take_along_axis(small, best[..., None], 1)
    return small[..., : x.shape[-1]], small[..., -4:-1], (amount > 0).astype(jnp.float32)


def _far(query, key):
  """Squared distances of queries [B, h, w, D] from keys [B, K, D]: [B, h, w, K]."""
  square = lambda x: jnp.sum(x * x, -1)
  far = square(query)[..., None] + square(key)[:, None, None]
  return jnp.maximum(far - 2 * jnp.einsum('bhwd,bkd->bhwk', query, key), 0)


def _attend(scores, color, valid, nothing=None, paper=True):
  """Attention by scores [B, h, w, K] to colours [B, K, 3] where valid [B, K].

  With `nothing` [B, h, w, 1], the score of what is like none of them, that is one more; its colour
  is white with `paper`, else the colours are of the others alone.

  Returns (colours, log of how near keys are, at most that of their number, or of the share that is
  like some key; whether there are any; [B, h, w, 3 or 1], and attention [B, h, w, K or K + 1]).
  """
  valid = jax.lax.optimization_barrier(valid)  # XLA works for seconds on constants: nothing told
  scores = jnp.where(valid[:, None, None] > 0, scores, -1e9)
  like = jax.nn.logsumexp(scores, -1, keepdims=True)
  weights = some = jax.nn.softmax(scores)
  if nothing is not None:
    scores = jnp.concatenate([scores, nothing], -1)
    weights = jax.nn.softmax(scores)
    like -= jax.nn.logsumexp(scores, -1, keepdims=True)
    if paper:
      some, color = weights, jnp.concatenate([color, jnp.ones_like(color[:, :1])], 1)
  copied = jnp.einsum('bhwk,bkc->bhwc', some, color)
  there = jnp.max(valid, 1)[:, None, None, None]
  score = jnp.where(there > 0, like, 0)
  return copied * there, score, jnp.broadcast_to(there, score.shape), weights
