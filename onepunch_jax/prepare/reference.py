"""References to learn from: the drawing itself, bent and tinted (SCFT, Lee 2020), or another.

The picture is warped by a thin-plate spline of eight points, corners at 0.5 and 0.2 from the middle
(half a side is 1), each moved by up to `spread`; the spline takes them elsewhere by up to
`strength`.  Drawing and reference get one offset for each channel, U(-jitter, jitter) of 255, so
that the reference alone tells it.  Where the data knows another picture of the same character
(the key 'reference'), that may stay instead; and a share of the drawings has no reference at all.
Where the data knows its parts, 'reference_part' says what a reference shows.
"""

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.guides import part_ids, references
from onepunch_jax.ops import thin_plate

Array = jax.Array
POINTS = tuple((y * r, x * r) for r in (0.5, 0.2) for y in (-1, 1) for x in (-1, 1))
STIFFNESS = 0.1  # points may come close to each other
ROUNDS = 16  # of the search for the way back
CLOSE = 0.5  # pixels: a way back that ends farther off is none


def make(*, same=0.0, none=0.0, jitter=50.0, jittered=1.0, strength=0.2, spread=0.5):
  """(batch, key, step) -> batch with 'reference', 'reference_flow' and 'reference_seen'.

  It comes after steps that move pixels (crop, flip).  reference_flow [B, H, W, 2]: for each pixel
  of the drawing the place in the reference that shows it, in pixels (row, column);
  reference_seen [B, H, W, 1]: 1 where there is such a place; 0 all over where the reference is not
  of the drawing itself.  A batch with 'reference_part' [B, H, W, 1] (of those that come with one)
  has it for all references, 0 where there is none.

  Args:
    same: of the drawings that come with a reference, the share that keeps it.
    none: of all drawings, the share that has none.
    jitter: of the colours, in 255ths.
    jittered: share of the drawings with a reference and without tags (which would name wrong
      colours) whose colours are.
    strength, spread: of the warp, in half sides.

  Raises:
    ValueError: a share outside [0, 1].
  """
  for name, share in dict(same=same, none=none, jittered=jittered).items():
    if not 0 <= share <= 1:
      raise ValueError(f'{name} is a share, in [0, 1]; got {share}.')

  def reference(batch, key, step):
    rgb, given = batch['rgb'], references.of(batch)
    each = (rgb.shape[0], 1, 1, 1)
    coin = lambda name, share: jax.random.bernoulli(fold_in(key, name), share, each)
    gone = coin('none', none)
    kept = coin('same', same) & references.present(given).reshape(each)
    own, flow, seen, places = bent(rgb, fold_in(key, 'bent'), strength, spread)
    found = jnp.where(gone, 0, jnp.where(kept, given, own))
    shift = jax.random.uniform(fold_in(key, 'jitter'), (rgb.shape[0], 1, 1, 3), minval=-1)
    told = jnp.any(batch.get('tags', jnp.zeros((len(rgb), 1))) > 0, 1).reshape(each)
    shift *= jitter / 127.5 * (coin('jittered', jittered) & ~gone & ~told)
    tinted = lambda x: jnp.clip(x + shift, -1, 1)
    mask = found[..., 3:]
    out = {
      **batch,
      'rgb': tinted(rgb),
      'reference_flow': flow,
      'reference': jnp.concatenate([tinted(found[..., :3]) * mask, mask], -1),
      'reference_seen': seen * ~(gone | kept),
    }
    if 'reference_part' in batch:
      moved = _nearest(part_ids.numbers(batch)[..., None], places)
      shown = jnp.where(kept, batch['reference_part'], moved)
      out['reference_part'] = jnp.where(mask > 0, shown, 0).astype(jnp.uint8)
    return out

  return reference


def bent(
  rgb: Array, key: Array, strength: float = 0.2, spread: float = 0.5
) -> tuple[Array, Array, Array, Array]:
  """Bends pictures [B, H, W, 3].

  Returns (references [B, H, W, 4], flow [B, H, W, 2], seen [B, H, W, 1], and the places of the
  picture that the pixels of the reference show [B, H, W, 2]).
  """
  count, height, width, _ = rgb.shape
  throw = lambda name, reach: jax.random.uniform(
    fold_in(key, name), (count, len(POINTS), 2), minval=-reach, maxval=reach
  )
  points = jnp.array(POINTS) + throw('points', spread)
  spline = thin_plate.fit(points, throw('moves', strength), STIFFNESS)
  size = jnp.array([height, width])
  rows, columns = (2 * (jnp.arange(n) + 0.5) / n - 1 for n in (height, width))
  grid = jnp.stack(jnp.meshgrid(rows, columns, indexing='ij'), -1)[None]
  grid = jnp.broadcast_to(grid, (count, height, width, 2))
  pixels = lambda x: (x + 1) * size / 2 - 0.5
  shows = lambda x: (
    x + thin_plate.move(x, points, spline)
  )  # a place of the reference -> of the drawing

  places = pixels(shows(grid))
  mask = _inside(places, size)
  picture = jnp.concatenate([sampled(rgb, places) * mask, mask], -1)

  nearer = lambda _, x: jnp.clip(x + 0.7 * (grid - shows(x)), -2, 2)
  back = jax.lax.fori_loop(0, ROUNDS, nearer, grid)
  off = jnp.abs(pixels(shows(back)) - pixels(grid)).max(-1, keepdims=True)
  flow = pixels(back)
  seen = _inside(flow, size) * (off < CLOSE)
  return picture, jnp.clip(flow, 0, size - 1.0), seen, places


def sampled(x: Array, places: Array) -> Array:
  """[B, H, W, C] at places [B, h, w, 2] in pixels, linearly, its edge repeated: [B, h, w, C]."""
  _, height, width, _ = x.shape
  low = jnp.floor(places)
  (fy, fx), (y, x0) = jnp.moveaxis(places - low, -1, 0)[..., None], jnp.moveaxis(low, -1, 0)
  at = jax.vmap(lambda p, i, j: p[i, j])

  def corner(dy, dx):
    i = jnp.clip(y + dy, 0, height - 1).astype(int)
    j = jnp.clip(x0 + dx, 0, width - 1).astype(int)
    return at(x, i, j)

  top = (1 - fx) * corner(0, 0) + fx * corner(0, 1)
  low = (1 - fx) * corner(1, 0) + fx * corner(1, 1)
  return (1 - fy) * top + fy * low


def _nearest(x: Array, places: Array) -> Array:
  """[B, H, W, C] at the pixels nearest to places [B, h, w, 2]: [B, h, w, C]."""
  i, j = jnp.moveaxis(jnp.round(places).astype(int), -1, 0)
  i, j = jnp.clip(i, 0, x.shape[1] - 1), jnp.clip(j, 0, x.shape[2] - 1)
  return jax.vmap(lambda p, i, j: p[i, j])(x, i, j)


def _inside(places: Array, size: Array) -> Array:
  """1 where places [..., 2] in pixels lie on a pixel: [..., 1] float32."""
  ok = (places >= -0.5) & (places <= size - 0.5)
  return jnp.all(ok, -1, keepdims=True).astype(jnp.float32)
