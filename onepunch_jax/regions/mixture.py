"""The distribution of a region's colour: classes of colours, and a pointer to known ones."""

from typing import NamedTuple

import jax

Array = jax.Array


class Mixture(NamedTuple):
  """p(colour) of each region: (1 - g) sum_k softmax(bins)_k N(c_k + r_k) + g sum_j softmax(point).

  Attributes:
    bins: [B, S, N, K] logits of the classes.
    residual: [B, S, N, K, 3] in Lab; 0 for paper and black.
    point: [B, S, N, N + R + P] logits of tokens with a known colour: own, reference, palette.
    gate: [B, S, N], the logit of g; very low where nothing is known.
    targets: [B, S, N + R + P, 3], the Lab colours to point at.
  """

  bins: Array
  residual: Array
  point: Array
  gate: Array
  targets: Array
