"""A head that predicts colours as a gated mixture of copied colours and its own proposal (ours).

The candidates of each pixel:

- the colour of the nearest hint by geodesic distance: under the line art; the same with the ink
  that the hint was taken with divided out; and exactly as it is;
- by attention, the mean colour of hints where the drawing looks alike, e.g. the left sleeve takes
  the colour of a hint on the right sleeve;
- by attention, the mean colour of the tokens of each further guide (tags, a reference);
- a proposal from the features alone.

A softmax gate mixes them. It is initialised to copy the nearest hint wherever no line separates it
from the pixel, and also sees how far the other candidates are from that hint. At inference the
constant `inference_bias` is added to the hint's logit, because users choose colours that differ
from the likely ones. A correction of the mixture, 0 at first, learns shading and coloured ink.
Without any guide the proposal gets all the weight.
"""

from typing import Any, NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.guides import hints
from onepunch_jax.guides.geodesic import Propagated
from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import HE, avg_pool, leaky_relu, upsample_nearest
from onepunch_jax.nets.blocks.tokens import Tokens
from onepunch_jax.ops.opaque import opaque

Array = jax.Array
NEAREST = ('near', 'cleaned', 'exact')  # the candidates from the nearest hint
MASKED = -1e9  # the logit of what may not be chosen


class HeadOutput(NamedTuple):
  """What the head returns."""

  rgb: Array  # the prediction, [B, H, W, 3] in about [-1, 1]
  gate: Array  # [B, H, W, N], weights of the candidates, in the order of the module's docstring
  learned: Array  # [B, H, W, N - 3, 3], the candidates from attention, and the proposal
  attention: tuple[Array, ...]  # of each guide's tokens, [B, H/s, W/s, K + 1], the last to none


class Candidate(NamedTuple):
  """A colour that the gate may choose."""

  color: Array  # [B, H, W, 3]
  prior: Array  # [B, H, W, 1], its logit before the gate has learned anything
  allowed: Array  # bool [B, H, W, 1]


class Attended(NamedTuple):
  """What attention to tokens returns."""

  color: Array  # [B, h, w, 3], 0 in images without tokens
  score: Array  # [B, h, w, 1], log-sum-exp of the scores, or log probability of any token
  valid: Array  # [B, h, w, 1], 1 in images with tokens, else 0
  weights: Array  # [B, h, w, K], or K + 1 with a score for none


class CopyingHead(nn.Module):
  """Features, line art and hints to colours.

  Sides are multiples of `multiple`.

  Attributes:
    width: channels of its convolutions.
    keys: size of the embedding by which places look alike.
    stride: one query attends for stride x stride pixels.
    cell: hints are pooled to tokens of cell x cell pixels.
    max_cells: at most so many tokens, those with most hinted pixels.
    background: for the tokens of each guide, whether a place that attends to none of them is
      background (white) or has the proposal's colour; () is background for all.
    hint_bias: the logit by which the nearest hint leads if no line separates it, or trails.
    inference_bias: is added to `hint_bias` at inference.
    dtype: of the convolutions.
  """

  width: int = 32
  keys: int = 16
  stride: int = 2
  cell: int = 4
  max_cells: int = 128
  background: tuple[bool, ...] = ()
  hint_bias: float = 3.0
  inference_bias: float = 3.0
  dtype: Any = None

  @property
  def multiple(self) -> int:
    """The sides of a picture are multiples of this."""
    return max(self.stride, self.cell)

  @nn.compact
  def __call__(
    self,
    features: Array,
    line: Array,
    hint: Array,
    propagated: Propagated,
    proximity: Array,
    tokens: tuple[Tokens, ...] = (),
    train: bool = False,
  ) -> HeadOutput:
    """Predicts colours.

    Args:
      features: [B, H, W, F], before their activation.
      line: [B, H, W, 1] in [-1, 1].
      hint: [B, H, W, 4] (guides/hints).
      propagated: the hints at all pixels (guides/geodesic).
      proximity: of the nearest hint at four scales, [B, H, W, 4].
      tokens: of each further guide.
      train: whether this is training.
    """
    near = proximity[..., 1:2]  # the hint's region
    inputs = [leaky_relu(features), line, hint]
    inputs += [propagated.color * near, propagated.lightness * near, proximity]
    x = self._conv(jnp.concatenate(inputs, -1), self.width, 'conv_0', 3, HE)
    x = self._conv(nn.relu(x), self.width, 'conv_1', kernel_init=HE)
    x = nn.relu(x).astype(jnp.float32)

    cleaned = hints.cleaned(propagated.color, propagated.lightness)
    places = leaky_relu(features).astype(jnp.float32)
    pooled, cells = avg_pool(places, self.stride), self._hint_tokens(places, cleaned, hint)
    embed = nn.Dense(self.keys, name='look')
    sharpness = self.param('sharp', nn.initializers.zeros, ())
    proposal = jnp.tanh(self._conv(x, 3, 'proposal'))

    scores = -jnp.exp(sharpness) * _squared_distances(embed(pooled), embed(cells.keys))
    found = _attend(scores, cells)
    attended = [self._candidate(found, 'sure_hint', line)]
    attention = []
    for i, group in enumerate(tokens):
      query = nn.Dense(group.keys.shape[-1], name=f'query_{i}')(pooled)
      none = nn.Dense(1, name=f'nothing_{i}')(pooled)
      background = not self.background or self.background[i]
      scores = jnp.einsum('bhwd,bkd->bhwk', query, group.keys)
      found = _attend(scores, group, none, background)
      attention.append(found.weights)
      # the parameter's name is that of older checkpoints
      otherwise = None if background else proposal
      attended.append(self._candidate(found, f'sure_told_{i}', line, otherwise))

    bias = self.hint_bias if train else self.hint_bias + self.inference_bias
    prior, hinted = bias * (2 * near - 1), proximity[..., -1:] > 0.5
    nearest = [
      Candidate(hints.under(propagated.color, line), prior, hinted),
      Candidate(hints.under(cleaned, line), prior - 1, hinted),
      Candidate(propagated.color, prior - 2, hinted),
    ]
    proposed = Candidate(proposal, jnp.zeros_like(line), jnp.ones_like(line, bool))
    candidates = [*nearest, *attended, proposed]
    mixed, gate = self._mix(candidates, x, proximity, near)

    shading = self._conv(jnp.concatenate([x, mixed], -1), self.width, 'shade', 3, HE)
    correction = self._conv(nn.relu(shading), 3, 'correct', kernel_init=nn.initializers.zeros)
    learned = jnp.stack([c.color for c in (*attended, proposed)], -2)
    return HeadOutput(mixed + correction, gate, learned, tuple(attention))

  def _conv(self, x, width, name, kernel=1, kernel_init=None):
    """A convolution; without `kernel_init` with Conv's own."""
    more = {} if kernel_init is None else {'kernel_init': kernel_init}
    return Conv(width, kernel, dtype=self.dtype, name=name, **more)(x)

  def _candidate(self, found: Attended, name, line, otherwise=None) -> Candidate:
    """Attention's colours at full size, under the line art.

    With `otherwise` [B, H, W, 3], that colour is mixed in by the probability of no token.
    """
    color = hints.under(upsample_nearest(found.color, self.stride), line)
    score = upsample_nearest(found.score, self.stride)
    valid = upsample_nearest(found.valid, self.stride)
    if otherwise is not None:
      probability = jnp.exp(score)
      color = probability * color + (1 - probability) * otherwise
    confidence = self.param(name, nn.initializers.constant(0.3), ())
    return Candidate(color, confidence * score, valid > 0)

  def _mix(self, candidates, x, proximity, near):
    """The candidates weighted by the gate, [B, H, W, 3], and the gate [B, H, W, N]."""
    colors = [candidate.color for candidate in candidates]
    hint = colors[1]
    others = [colors[0], *colors[len(NEAREST) :]]
    apart = jnp.stack([jnp.abs(other - hint).mean(-1) for other in others], -1)
    inputs = jnp.concatenate([x, proximity, apart * near], -1)
    learned = self._conv(inputs, len(colors), 'gate', kernel_init=nn.initializers.normal(0.01))
    prior = jnp.concatenate([candidate.prior for candidate in candidates], -1)
    allowed = jnp.concatenate([candidate.allowed for candidate in candidates], -1)
    gate = jax.nn.softmax(jnp.where(allowed, learned + prior, MASKED), -1)
    return jnp.einsum('bhwn,bhwnc->bhwc', gate, jnp.stack(colors, -2)), gate

  def _hint_tokens(self, features, color, hint) -> Tokens:
    """The cells with most hinted pixels as tokens, with the mean features and colours of these."""
    mask = hint[..., 3:]
    hinted = jnp.concatenate([features, color], -1) * mask
    cells = hints.shrink(jnp.concatenate([hinted, mask], -1), self.cell)
    cells = cells.reshape(cells.shape[0], -1, cells.shape[-1])
    area = avg_pool(mask, self.cell).reshape(cells.shape[:2])
    area, best = jax.lax.top_k(area, min(self.max_cells, area.shape[1]))
    cells = jnp.take_along_axis(cells, best[..., None], 1)
    valid = (area > 0).astype(jnp.float32)
    return Tokens(cells[..., : features.shape[-1]], cells[..., -4:-1], valid)


def _squared_distances(query: Array, key: Array) -> Array:
  """Of queries [B, h, w, D] from keys [B, K, D]: [B, h, w, K]."""
  squares = jnp.sum(query * query, -1)[..., None] + jnp.sum(key * key, -1)[:, None, None]
  return jnp.maximum(squares - 2 * jnp.einsum('bhwd,bkd->bhwk', query, key), 0)


def _attend(
  scores: Array, tokens: Tokens, none: Array | None = None, background: bool = True
) -> Attended:
  """Attention to the colours of valid tokens.

  Args:
    scores: [B, h, w, K].
    tokens: their keys are not used.
    none: [B, h, w, 1], the score for attending to none of them; or None.
    background: whether "none" has the colour white; else the colours are of the tokens alone.
  """
  valid, colors = opaque(tokens.valid), tokens.colors
  scores = jnp.where(valid[:, None, None] > 0, scores, MASKED)
  score = jax.nn.logsumexp(scores, -1, keepdims=True)
  weights = color_weights = jax.nn.softmax(scores)
  if none is not None:
    scores = jnp.concatenate([scores, none], -1)
    weights = jax.nn.softmax(scores)
    score -= jax.nn.logsumexp(scores, -1, keepdims=True)
    if background:
      color_weights = weights
      colors = jnp.concatenate([colors, jnp.ones_like(colors[:, :1])], 1)
  color = jnp.einsum('bhwk,bkc->bhwc', color_weights, colors)
  any_valid = jnp.max(valid, 1)[:, None, None, None]
  score = jnp.where(any_valid > 0, score, 0)
  valid = jnp.broadcast_to(any_valid, score.shape)
  return Attended(color * any_valid, score, valid, weights)


Model = CopyingHead
