"""SCFT (Lee et al. 2020): colours come from a reference by attention, trained on warped targets.

    r = TPS(a(y)), a: colour noise                                           prepare/reference
    D: max  E log D(x, a(y)) + E log(1 - D(x, G))                G = G(x, r)
    G: min  lambda_l1 E |a(y) - G| + lambda_adv E -log D(x, G) + lambda_tr L_tr
            + lambda_perceptual E |phi(y) - phi(G)| + lambda_style E |gram phi(y) - gram phi(G)|
    L_tr = E max(0, -S(q, k+) + S(q, k-) + margin),  S(q, k) = q k / sqrt d       eq. 5

q is the query of a place in the line art, k+ the key of the place of the reference that shows it
(the warp is known), k- the key of any other place. phi are relu1_1 ... relu5_1 of VGG-19, if it has
weights.
"""

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Array, Batch, Method, Net, Player, Section, fold_in
from onepunch_jax.guides import references
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses.perceptual import gram, perceptual
from onepunch_jax.losses.pixel import l1, l2
from onepunch_jax.ops.color import from_unit
from onepunch_jax.weights import pretrained

GUIDES = ('reference',)  # what a user may give
MAPS = {f'relu{i}_1': 1.0 for i in range(1, 6)}  # of VGG, and their weights


def make(
  *,
  gen: Section,
  disc: Section,
  vgg: Section,
  vgg_weights: str = '',
  gan: gans.Name = 'vanilla',
  lambda_l1: float = 30.0,
  lambda_l2: float = 0.0,
  lambda_adv: float = 1.0,
  lambda_perceptual: float = 0.01,
  lambda_style: float = 50.0,
  lambda_tr: float = 1.0,
  margin: float = 12.0,
) -> Method:
  """SCFT.

  Args:
    gen: nets/scft; its `out_channels` is set here.
    disc: a discriminator of line art and colours.
    vgg, vgg_weights: the net of the perceptual and style terms, and its weight file ('' for none).
    gan: a name of losses/gan.
    lambda_l1, lambda_l2, lambda_adv, lambda_perceptual, lambda_style, lambda_tr: weights; the
      optimum of the squared term is the mean colour: for runs of minutes.
    margin: of the triplet term.
  """
  adversary = gans.make(gan)
  gen = Net('gen', registry.net({**gen, 'out_channels': 3}))
  disc = Net('disc', registry.net(disc))
  vgg = pretrained.frozen('vgg', vgg, vgg_weights)

  def forward(v, batch, key):
    (fake, queries, keys), v = gen(v, batch['line'], batch['reference'], key=key)
    return {'fake': fake, 'queries': queries, 'keys': keys}, v

  def d_loss(v, out, batch, key, step):
    of_real, v = gans.judge(disc, v, batch['line'], batch['rgb'])
    of_fake, v = gans.judge(disc, v, batch['line'], out['fake'])
    return adversary.d(of_real.logits, of_fake.logits), (v, {})

  def g_loss(v, out, batch, key, step):
    fake, real = out['fake'], batch['rgb']
    of_fake, v = gans.judge(disc, v, batch['line'], fake)
    metrics = {'adv': adversary.g(of_fake.logits), 'l1': l1(fake, real), 'l2': l2(fake, real)}
    metrics['tr'], metrics['matched'] = triplet(
      out['queries'], out['keys'], batch, fold_in(key, 'other'), margin
    )
    loss = lambda_adv * metrics['adv'] + lambda_l1 * metrics['l1'] + lambda_l2 * metrics['l2']
    loss += lambda_tr * metrics['tr']
    if vgg:
      fake_maps, real_maps = (vgg.infer(v, x)[1] for x in (fake, real))
      fake_grams, real_grams = ({k: gram(maps[k]) for k in MAPS} for maps in (fake_maps, real_maps))
      metrics['perceptual'] = perceptual(fake_maps, real_maps, MAPS)
      metrics['style'] = perceptual(fake_grams, real_grams, MAPS)
      loss += lambda_perceptual * metrics['perceptual'] + lambda_style * metrics['style']
    return loss, (v, metrics)

  def colorize(v, batch, key=None):
    fake, *_ = gen.infer(v, batch['line'], references.of(batch))
    return from_unit(fake)

  return Method(
    nets=(gen, disc, vgg) if vgg else (gen, disc),
    forward=forward,
    turns=((Player('d', ('disc',), d_loss),), (Player('g', ('gen',), g_loss),)),
    colorize=colorize,
    exports=('gen',),
    train_inputs=('line', 'rgb', 'reference', 'reference_flow', 'reference_seen'),
    inputs=('line', 'reference'),
    multiple=gen.module.multiple,
  )


def triplet(
  queries: Array, keys: Array, batch: Batch, key: Array, margin: float
) -> tuple[Array, Array]:
  """The triplet loss (eq. 5).

  Args:
    queries, keys: [B, h, w, D].
    batch: with 'reference_flow' and 'reference_seen' (prepare/reference).
    key: a PRNG key for the negative places.
    margin: the true key's product should lead by this.

  Returns:
    The loss, and the fraction of places whose true key has the larger product.
  """
  count, height, width, size = queries.shape
  stride = batch['reference_flow'].shape[1] // height

  def cell_centres(x):
    return x[:, stride // 2 :: stride, stride // 2 :: stride]

  places = jnp.round(cell_centres(batch['reference_flow'])).astype(int) // stride
  positive = (places[..., 0] * width + places[..., 1]).reshape(count, -1)
  visible = cell_centres(batch['reference_seen']).reshape(count, -1)
  offset = jax.random.randint(key, positive.shape, 1, height * width)
  negative = (positive + offset) % (height * width)
  queries, keys = (x.reshape(count, -1, size) for x in (queries, keys))

  def similarity(index):
    return jnp.sum(queries * jnp.take_along_axis(keys, index[..., None], 1), -1) / size**0.5

  def mean(x):
    return jnp.sum(x * visible) / jnp.maximum(jnp.sum(visible), 1)

  lead = similarity(positive) - similarity(negative)
  return mean(jax.nn.relu(margin - lead)), mean(lead > 0)
