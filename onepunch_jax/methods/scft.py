"""SCFT (Lee et al. 2020): colours come from a reference by attention, learned from bent selves.

    r = TPS(a(y)), a: noise of colours                                       prepare/reference
    D: max  E log D(x, a(y)) + E log(1 - D(x, G))                G = G(x, r)
    G: min  lambda_l1 E |a(y) - G| + lambda_adv E -log D(x, G) + lambda_tr L_tr
            + lambda_perceptual E |phi(y) - phi(G)| + lambda_style E |gram phi(y) - gram phi(G)|
    L_tr = E max(0, -S(q, k+) + S(q, k-) + margin),  S(q, k) = q k / sqrt d       eq. 5

q is asked at a place of the line art, k+ is told at the place of the reference that shows it (the
warp is known), k- at any other.  phi: relu1_1 ... relu5_1 of VGG-19, where weights are given.
"""

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, fold_in
from onepunch_jax.guides import references
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses.perceptual import gram, perceptual
from onepunch_jax.losses.pixel import l1, l2
from onepunch_jax.weights import pretrained

GUIDES = ('reference',)  # what a person may give
MAPS = {f'relu{i}_1': 1.0 for i in range(1, 6)}


def make(
  *,
  gen,
  disc,
  vgg,
  vgg_weights='',
  gan='vanilla',
  lambda_l1=30.0,
  lambda_l2=0.0,
  lambda_adv=1.0,
  lambda_perceptual=0.01,
  lambda_style=50.0,
  lambda_tr=1.0,
  margin=12.0,
) -> Method:
  """SCFT.

  Args:
    gen, disc: nets/scft, whose `out_channels` is set here, and nets/patchgan.
    vgg, vgg_weights: of the perceptual and style terms, and its weight file ('' for none).
    gan: a name of losses/gan.py.
    lambda_l1, lambda_l2, lambda_adv, lambda_perceptual, lambda_style, lambda_tr: weights; the
      squared term asks for the mean: for runs of minutes.
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
      ours, theirs = (vgg.infer(v, x)[1] for x in (fake, real))
      grams = [{k: gram(maps[k]) for k in MAPS} for maps in (ours, theirs)]
      metrics['perceptual'] = perceptual(ours, theirs, MAPS)
      metrics['style'] = perceptual(*grams, MAPS)
      loss += lambda_perceptual * metrics['perceptual'] + lambda_style * metrics['style']
    return loss, (v, metrics)

  def colorize(v, batch, key=None):
    return 0.5 + 0.5 * gen.infer(v, batch['line'], references.of(batch))[0]

  return Method(
    nets=(gen, disc, *([vgg] if vgg else [])),
    forward=forward,
    turns=((Player('d', ('disc',), d_loss),), (Player('g', ('gen',), g_loss),)),
    colorize=colorize,
    exports=('gen',),
    train_inputs=('line', 'rgb', 'reference', 'reference_flow', 'reference_seen'),
    inputs=('line', 'reference'),
    multiple=gen.module.multiple,
  )


def triplet(queries, keys, batch, key, margin):
  """The triplet term, and the share of the places whose true key is nearer than the other.

  Args:
    queries, keys: [B, h, w, D].
    batch: with 'reference_flow' and 'reference_seen' (prepare/reference).
    key: of the other places.
    margin: by which the true key's product is to be the larger.
  """
  count, height, width, size = queries.shape
  stride = batch['reference_flow'].shape[1] // height
  middle = lambda x: x[:, stride // 2 :: stride, stride // 2 :: stride]
  at = jnp.round(middle(batch['reference_flow'])).astype(int) // stride
  true = (at[..., 0] * width + at[..., 1]).reshape(count, -1)
  seen = middle(batch['reference_seen']).reshape(count, -1)
  other = (true + jax.random.randint(key, true.shape, 1, height * width)) % (height * width)
  queries, keys = (x.reshape(count, -1, size) for x in (queries, keys))
  product = lambda i: jnp.sum(queries * jnp.take_along_axis(keys, i[..., None], 1), -1) / size**0.5
  lead = product(true) - product(other)
  mean = lambda x: jnp.sum(x * seen) / jnp.maximum(jnp.sum(seen), 1)
  return mean(jax.nn.relu(margin - lead)), mean(lead > 0)
