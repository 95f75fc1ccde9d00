"""Colour by regions (ours): regions are tokens, a transformer gives each a distribution of colours.

    f, d    = trunk(x)                      x: line art, d: distance to the lines as they were meant
    t_i, n  = tokens(mean of f over region i, its geometry)                       n: its noun
    p(c_i)  = colors(t, c_known, reference, palette, tags)
            = (1 - g) sum_k pi_k N(c_k + r_k, 5) + g sum_j a_j N(c_j, 1.5)  in Lab, c_j known
    min  E sum_i w_i -log p(c_i) + lambda_nouns CE(n) + lambda_distance |d - d*|    w_i: sqrt(area)

A hint is a region whose colour is known, and so is each answer of an earlier round of decoding
(regions/decoding.py): the largest regions first, then the rest together. With a palette only its
colours are chosen, except by hints. Training looks at several alternatives of what is known of each
picture (guides/known_colors.py); the two pictures of a pair are each other's reference. Pictures
are regions filled with their colours under the line art.
"""

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section, fold_in
from onepunch_jax.guides import hints, known_colors
from onepunch_jax.losses.color_mixture import negative_log_likelihood
from onepunch_jax.nets.blocks.pooling import region_means
from onepunch_jax.nets.region_colors import Known
from onepunch_jax.ops import color
from onepunch_jax.regions import decoding
from onepunch_jax.regions.tokens import COLUMNS, observe, observe_reference

GUIDES = ('hint', 'tags', 'reference', 'palette', 'sample')  # what a person may give
# probabilities of what is known in training: a reference of the same character, of another one; the
# palette; tags
SAME_CHARACTER, OTHER_CHARACTER, PALETTE, TAGS = 0.5, 0.1, 0.2, 0.6
MEASURED = (0, 1, 5, 20)  # numbers of largest regions known, for `measure`


def make(
  *,
  trunk: Section,
  tokens: Section,
  colors: Section,
  count: int = 64,
  alternatives: int = 3,
  palette: int = 16,
  num_tags: int = 0,
  max_tags: int = 24,
  lambda_nouns: float = 0.2,
  lambda_distance: float = 0.25,
) -> Method:
  """The three nets and their one loss.

  Args:
    trunk, tokens, colors: nets/region_trunk, region_tokens and region_colors.
    count: number of tokens of a picture.
    alternatives: sets of known colours that training uses of each picture.
    palette: most colours of a palette.
    num_tags: how many tags there are; 0: none are read.
    max_tags: most tags of a picture; those that name a colour come first.
    lambda_nouns, lambda_distance: weights of the auxiliary losses.
  """
  trunk = Net('trunk', registry.net(trunk))
  tokens = Net('tokens', registry.net(tokens))
  colors = Net('colors', registry.net(colors))
  dim = tokens.module.dim

  def table(batch):
    return batch['geometry'], batch['distance']

  def nothing(b):
    """`Known` of b pictures of which nothing is known."""
    none = lambda n: jnp.zeros((b, 1, n), bool)
    return Known(
      jnp.zeros((b, 1, count, 3)),
      none(count),
      jnp.zeros((b, 0, dim)),
      jnp.zeros((b, 0, 3)),
      none(0),
      jnp.zeros((b, palette, 3)),
      none(palette),
      jnp.zeros((b, max_tags), jnp.int32),
      none(max_tags),
    )

  def forward(v, batch, key):
    (features, distance), v = trunk(v, batch['line'], key=key)
    pooled = region_means(features, batch['labels'], batch['geometry'][..., 2:4])
    (t, nouns), v = tokens(v, pooled, *table(batch), key=key)
    known = what_is_known(batch, t, fold_in(key, 'known'))
    mixture, v = colors(v, t, *table(batch), known, key=key)
    unknown = (batch['geometry'][:, None, :, -1] > 0) & ~known.known
    if 'recolored' in batch:
      natural = (batch['recolored'][:, None] == 0)[..., None] | anything(known)[..., None]
      named = batch['named'][:, None] > 0 if 'named' in batch else False
      unknown &= natural | (named & known.tags_mask.any(-1)[..., None])
    weight = jnp.where(unknown, batch['geometry'][:, None, :, 7], 0.0)
    return {'mixture': mixture, 'weight': weight, 'nouns': nouns, 'distance': distance}, v

  def what_is_known(batch, t, key):
    """Of each picture `alternatives` of what a person may have given."""
    used, area, b = batch['geometry'][..., -1] > 0, batch['geometry'][..., 7] ** 2, len(t)
    u = lambda name: jax.random.uniform(fold_in(key, name), (b, alternatives, 1))
    other = lambda x: x.reshape(b // 2, 2, *x.shape[1:])[:, ::-1].reshape(x.shape)
    linked = batch['linked'][:, None, None] > 0 if 'linked' in batch else False
    partner = other if b % 2 == 0 else lambda x: x
    probability = jnp.where(linked, SAME_CHARACTER, OTHER_CHARACTER)
    has_reference = (u('reference') < probability) & (b % 2 == 0)
    own, mine = known_colors.palette(batch['colors'], used, palette)
    numbers, present = known_colors.tag_numbers(
      fold_in(key, 'tags'),
      batch.get('tags', jnp.zeros((b, max(num_tags, 1)))),
      max_tags,
      colors.module.color_of,
    )
    some = jax.random.uniform(fold_in(key, 'some'), (b, alternatives, max_tags)) < 2 * u('share')
    return Known(
      known_colors.disturb(fold_in(key, 'disturb'), batch['colors'], used, alternatives),
      known_colors.sample(fold_in(key, 'regions'), batch['colors'], used, area, alternatives),
      partner(t),
      partner(batch['colors']),
      partner(used)[:, None] & has_reference,
      own,
      mine[:, None] & (u('palette') < PALETTE),
      numbers,
      present[:, None] & (u('tags') < TAGS) & some,
    )

  def loss(v, out, batch, key, step):
    lab = color.rgb_to_lab(0.5 + 0.5 * batch['colors'])
    nll = negative_log_likelihood(out['mixture'], lab)
    metrics = {'nll': _mean(nll, out['weight'])}
    gate = jax.nn.sigmoid(jax.lax.stop_gradient(out['mixture'].gate))
    metrics['pointing'] = _mean(gate, out['weight'])
    total = metrics['nll']
    if lambda_nouns and 'token_nouns' in batch:
      noun = batch['token_nouns'].astype(jnp.int32)
      missed = -jnp.take_along_axis(jax.nn.log_softmax(out['nouns']), noun[..., None], -1)[..., 0]
      metrics['nouns'] = _mean(missed, batch['geometry'][..., 7] * (noun > 0))
      total += lambda_nouns * metrics['nouns']
    if lambda_distance and 'line_distance' in batch:
      right, weight = batch['line_distance'][..., :1], batch['line_distance'][..., 1:]
      metrics['distance'] = _mean(jnp.abs(10 * out['distance'] - right), weight)
      total += lambda_distance * metrics['distance']
    return total, (v, metrics)

  def colorize(v, batch, key):
    labels, geometry, distance, known, page = look(v, batch)
    sample = batch.get('sample', jnp.zeros(len(labels), jnp.int32))
    keys = jax.vmap(lambda n: jax.random.fold_in(fold_in(key, 'decode'), n))(sample)
    heat = jnp.where(sample == 0, decoding.BEST, decoding.VARIED)

    def predict(rgb, is_known):
      now = known._replace(colors=rgb[:, None], known=is_known[:, None])
      return colors.infer(v, page, geometry, distance, now)

    limit = None
    if 'palette' in batch:  # the last tokens to point at, behind the picture's and a reference's
      others = jnp.zeros((len(labels), count + known.reference.shape[1]), bool)
      limit = jnp.concatenate([others, known.palette_mask[:, 0]], -1)
    much = known.known.sum((1, 2)) >= decoding.MANY  # of hints
    likeliest = (sample == 0) & (much | known.reference_mask.any((1, 2)))
    filled = decoding.decode(
      predict, keys, known.colors[:, 0], known.known[:, 0], geometry, heat, limit, likeliest
    )
    flats = fill(labels, filled)
    return jnp.clip((0.5 + 0.5 * flats) * (0.5 + 0.5 * batch['line']), 0, 1)

  def look(v, batch):
    """Regions of a batch of pages, what hints and tags name, and tokens."""
    b, h, w, _ = batch['line'].shape
    shape = lambda *s, dtype=jnp.float32: jax.ShapeDtypeStruct((b, *s), dtype)
    labels, geometry, distance, rgb, is_known = jax.pure_callback(
      lambda line, hint: observe(line, hint, count),
      (
        shape(h, w, 1, dtype=jnp.int32),
        shape(count, COLUMNS),
        shape(count, count),
        shape(count, 3),
        shape(count, dtype=bool),
      ),
      batch['line'],
      hints.of(batch),
    )
    page = page_tokens(v, batch['line'], labels, geometry, distance)
    known = nothing(b)._replace(colors=rgb[:, None], known=is_known[:, None])
    if num_tags and 'tags' in batch:
      numbers, present = known_colors.tag_numbers(
        jax.random.key(0), batch['tags'], max_tags, colors.module.color_of
      )
      known = known._replace(tags=numbers, tags_mask=present[:, None])
    if 'palette' in batch:
      entries = batch['palette']
      known = known._replace(palette=entries[..., :3], palette_mask=entries[:, None, :, 3] > 0)
    if 'reference' in batch:
      line, *regions, rgb, is_known = jax.pure_callback(
        lambda reference: observe_reference(reference, count),
        (
          shape(h, w, 1),
          shape(h, w, 1, dtype=jnp.int32),
          shape(count, COLUMNS),
          shape(count, count),
          shape(count, 3),
          shape(count, dtype=bool),
        ),
        batch['reference'],
      )
      known = known._replace(
        reference=page_tokens(v, line, *regions),
        reference_colors=rgb,
        reference_mask=is_known[:, None],
      )
    return labels, geometry, distance, known, page

  def page_tokens(v, line, labels, geometry, distance):
    features, _ = trunk.infer(v, line)
    pooled = region_means(features, labels, geometry[..., 2:4])
    return tokens.infer(v, pooled, geometry, distance)[0]

  def measure(v, batch, key):
    """-log p of the regions of drawings whose regions are known, the largest ones being known."""
    if 'labels' not in batch:
      return {}
    t = page_tokens(v, batch['line'], batch['labels'], *table(batch))
    lab = color.rgb_to_lab(0.5 + 0.5 * batch['colors'])
    used = batch['geometry'][..., -1] > 0
    found = {}
    for number in MEASURED:
      is_known = used & (jnp.arange(count) < number)
      known = nothing(len(t))._replace(colors=batch['colors'][:, None], known=is_known[:, None])
      nll = negative_log_likelihood(colors.infer(v, t, *table(batch), known), lab)[:, 0]
      weight = batch['geometry'][..., 7] * (used & ~is_known)
      found[f'model/nll_{number}'] = jnp.sum(nll * weight, -1) / jnp.maximum(weight.sum(-1), 1e-6)
    return found

  moved = ('trunk', 'tokens', 'colors')
  guides = ('hint', 'tags') if num_tags else ('hint',)
  needs = ('line', 'labels', 'geometry', 'distance', 'colors')
  return Method(
    nets=(trunk, tokens, colors),
    forward=forward,
    turns=((Player('net', moved, loss),),),
    colorize=colorize,
    exports=moved,
    train_inputs=(*needs, 'tags') if num_tags else needs,
    inputs=('line', *guides),
    optional_inputs=('reference', 'palette', 'sample'),
    multiple=trunk.module.multiple,
    measure=measure,
  )


def fill(labels: jax.Array, colors: jax.Array) -> jax.Array:
  """Regions [B, H, W, 1] filled with their colours [B, N, 3] -> [B, H, W, 3]."""
  b, h, w, _ = labels.shape
  return jnp.take_along_axis(colors, labels.reshape(b, h * w, 1), 1).reshape(b, h, w, 3)


def anything(known: Known) -> jax.Array:
  """Whether any colour is known, bool [B, S]."""
  return known.known.any(-1) | known.reference_mask.any(-1) | known.palette_mask.any(-1)


def _mean(x: jax.Array, weight: jax.Array) -> jax.Array:
  return jnp.sum(x * weight) / jnp.maximum(jnp.sum(weight), 1e-6)
