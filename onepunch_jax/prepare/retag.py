"""Recolours a tagged part in image and tag (ours): "blue hair" becomes "red hair", in both.

The tags of an image agree with what a net would guess and with everything else that it reads, so it
may learn to guess. Where the data knows which regions are the hair, the tag and the colour can
change together; then only the tag reveals the colour. Parts without a tag, ink, shading and
patterns stay. The step comes after prepare/tag_drop and before references and hints are taken from
the colours.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.guides import part_ids
from onepunch_jax.ops.recolor import recolor
from onepunch_jax.prepare import PrepareStep

Array = jax.Array


def make(
  *,
  palette: Sequence[Sequence[int]],
  color_of: Sequence[int],
  noun_of: Sequence[int],
  part_table: Sequence[int],
  probability: float = 0.5,
  sigma: float = 12.0,
) -> PrepareStep:
  """Makes a step that changes colours in 'rgb' and the tags that name them in 'tags' and 'truth'.

  It adds 'repainted', [B, H, W, 1], which is 1 where colours are changed. Recoloured are parts
  whose colour exactly one tag names. It reads 'rgb' [B, H, W, 3] in [-1, 1], 'line', 'tags' [B, T],
  'regions' and 'nouns' (data/batch).

  Args:
    palette: sRGB, 0 to 255, of each colour that tags name.
    color_of, noun_of: the colour and the noun of each tag (vocabulary.parts); -1 is none.
    part_table: the noun of each of the data's parts (guides/part_ids); -1 is none.
    probability: that such a part is recoloured.
    sigma: standard deviation of the new colour around the named one, of 255.

  Raises:
    ValueError: a probability outside [0, 1].
  """
  if not 0 <= probability <= 1:
    raise ValueError(f'probability is between 0 and 1; got {probability}.')
  num_colors, num_nouns = len(palette), max(noun_of, default=-1) + 1
  tag_of = [[-1] * num_colors for _ in range(num_nouns)]  # [noun][colour] -> tag, -1 is none
  for tag, (c, n) in enumerate(zip(color_of, noun_of)):
    if c >= 0 and n >= 0:
      tag_of[n][c] = tag

  def retag(batch, key, step):
    table, count = jnp.asarray(tag_of), len(batch['tags'])
    tagged = (batch['tags'][:, table] > 0) & (table >= 0)  # [B, nouns, colours]
    part = part_ids.of(batch, part_table)  # [B, H, W]
    lightness = 0.5 + 0.5 * batch['line'][..., 0]
    paint = 0.5 + 0.5 * batch['rgb']
    places = jax.nn.one_hot(part, num_nouns) * (lightness > 0.9)[..., None]
    area = jnp.sum(places, (1, 2))[..., None]
    old = jnp.einsum('bhwn,bhwc->bnc', places, paint) / jnp.maximum(area, 1)  # of each noun
    chosen = jax.random.bernoulli(fold_in(key, 'part'), probability, (count, num_nouns))
    others = (table >= 0) & ~tagged
    chosen &= (jnp.sum(tagged, -1) == 1) & (area[..., 0] > 0) & jnp.any(others, -1)
    u = jax.random.uniform(fold_in(key, 'color'), tagged.shape)
    new_color = jnp.argmax(jnp.where(others, u, -1.0), -1)  # [B, nouns]
    noise = sigma * jax.random.normal(fold_in(key, 'spread'), (count, num_nouns, 3))
    new = jnp.clip((jnp.asarray(palette, jnp.float32)[new_color] + noise) / 255, 0, 1)

    where = (part >= 0)[..., None] & _per_pixel(chosen[..., None], part)
    recolored = recolor(paint, _per_pixel(old, part), _per_pixel(new, part))
    out = {
      **batch,
      'rgb': jnp.where(where, recolored, batch['rgb']),
      'repainted': where.astype(jnp.float32),
    }

    kept = tagged & ~chosen[..., None]
    renamed = chosen[..., None] & jax.nn.one_hot(new_color, num_colors, dtype=bool)
    swap = chosen[..., None] & (table >= 0)
    for name in ('tags', 'truth'):
      if name in batch:
        before = batch[name][:, table]
        after = jnp.where(swap, kept | renamed, before).astype(batch[name].dtype)
        index = jnp.where(table >= 0, table, batch[name].shape[1])  # past the end: dropped
        out[name] = batch[name].at[:, index].set(after, mode='drop')
    return out

  return retag


def _per_pixel(values: Array, part: Array) -> Array:
  """Values of parts [B, N, C] at pixels of parts [B, H, W] -> [B, H, W, C]."""
  index = jnp.maximum(part, 0).reshape(len(part), -1, 1)
  return jnp.take_along_axis(values, index, 1).reshape(*part.shape, -1)
