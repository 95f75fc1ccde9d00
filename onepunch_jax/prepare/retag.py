"""Paints a tagged part another colour and says so (ours): "blue hair" becomes "red hair", in both.

A drawing's tags agree with what a net would guess, and with all else that it is told, so a net may
learn to guess.  Where the data knows which regions are the hair, the word and the paint can change
together: only the word tells then.  Parts that nothing is said of stay as they are; so does ink,
and shading and patterns stay in the new colour.  It comes after prepare/tag_drop, and before
references and hints are taken from the colours.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.guides import part_ids
from onepunch_jax.ops import color


def make(
  *,
  paints: Sequence,
  color_of: Sequence[int],
  noun_of: Sequence[int],
  parts: Sequence[int],
  share=0.5,
  spread=12.0,
):
  """(batch, key, step) -> batch with other colours in 'rgb' and other words in 'tags' and 'truth'.

  'repainted' [B, H, W, 1] is 1 where they are.  Recoloured are parts of which one tag says the
  colour, each by a coin.

  It reads 'rgb' [B, H, W, 3] in [-1, 1], 'line', 'tags' [B, T], 'regions' and 'nouns'
  (data/batch).

  Args:
    paints: sRGB, 0 to 255, of each colour that tags name.
    color_of, noun_of: which colour and which noun each tag has (vocabulary.parts); -1: none.
    parts: of the numbers in batch['nouns'], which noun each is; -1: of none.
    share: of the parts that are recoloured.
    spread: standard deviation about the named colour, of 255.

  Raises:
    ValueError: for a share that is none.
  """
  if not 0 <= share <= 1:
    raise ValueError(f'share is between 0 and 1; got {share}.')
  colors, nouns = len(paints), max(noun_of, default=-1) + 1
  tag_of = [[-1] * colors for _ in range(nouns)]  # of "blue hair" the tag, -1: there is none
  for tag, (c, n) in enumerate(zip(color_of, noun_of)):
    if c >= 0 and n >= 0:
      tag_of[n][c] = tag

  def retag(batch, key, step):
    table, count = jnp.asarray(tag_of), len(batch['tags'])
    said = (batch['tags'][:, table] > 0) & (table >= 0)  # [B, nouns, colours]
    part = part_ids.of(batch, parts)  # [B, H, W]
    light = 0.5 + 0.5 * batch['line'][..., 0]
    paint = 0.5 + 0.5 * batch['rgb']
    places = jax.nn.one_hot(part, nouns) * (light > 0.9)[..., None]
    area = jnp.sum(places, (1, 2))[..., None]
    old = jnp.einsum('bhwn,bhwc->bnc', places, paint) / jnp.maximum(area, 1)  # of each noun
    chosen = jax.random.bernoulli(fold_in(key, 'part'), share, (count, nouns))
    others = (table >= 0) & ~said
    chosen &= (jnp.sum(said, -1) == 1) & (area[..., 0] > 0) & jnp.any(others, -1)
    dice = jax.random.uniform(fold_in(key, 'color'), said.shape)
    word = jnp.argmax(jnp.where(others, dice, -1.0), -1)  # [B, nouns]
    off = spread * jax.random.normal(fold_in(key, 'spread'), (count, nouns, 3))
    new = jnp.clip((jnp.asarray(paints, jnp.float32)[word] + off) / 255, 0, 1)

    of_pixel = lambda x: jnp.take_along_axis(
      x, jnp.maximum(part, 0).reshape(count, -1, 1), 1
    ).reshape(*part.shape, -1)
    where = (part >= 0)[..., None] & of_pixel(chosen[..., None])
    told, fresh = of_pixel(old), of_pixel(new)
    shade = jnp.minimum(color.luma(paint) / jnp.maximum(color.luma(told), 0.05), 1)
    moved = 2 * jnp.clip(paint + (fresh - told) * shade, 0, 1) - 1
    out = {
      **batch,
      'rgb': jnp.where(where, moved, batch['rgb']),
      'repainted': where.astype(jnp.float32),
    }

    hot = said & ~chosen[..., None] | chosen[..., None] & jax.nn.one_hot(word, colors, dtype=bool)
    swap = chosen[..., None] & (table >= 0)
    for name in ('tags', 'truth'):
      if name in batch:
        was = batch[name][:, table]
        now = jnp.where(swap, hot, was).astype(batch[name].dtype)
        place = jnp.where(table >= 0, table, batch[name].shape[1])  # past the end: dropped
        out[name] = batch[name].at[:, place].set(now, mode='drop')
    return out

  return retag
