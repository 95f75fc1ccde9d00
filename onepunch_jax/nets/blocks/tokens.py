"""Tokens: what a net may attend to, each with a colour to copy."""

from typing import NamedTuple

import jax

Array = jax.Array


class Tokens(NamedTuple):
  """K tokens of each image, from tags (nets/tag_tokens) or a reference (nets/reference_code)."""

  keys: Array  # [B, K, D]
  colors: Array  # [B, K, 3] in [-1, 1]
  valid: Array  # [B, K], 1 where there is a token, else 0
  nouns: Array | None = None  # int [B, K], the part of a figure that a tag names; -1 is none
