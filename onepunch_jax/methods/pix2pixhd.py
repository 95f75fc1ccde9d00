"""pix2pixHD (Wang et al. 2018): from coarse to fine, judged at several sizes.

    stage 1   fake = G1(x)
    stage 2   fake = G2(x, G1's last map of x at half the size); G1 stands still for a while
    D_k: min  1/2 E (D_k(x, y) - 1)^2 + D_k(x, fake)^2                  k: scales of the picture
    G:   min  mean_k E (D_k(x, fake) - 1)^2 + lambda_fm FM + lambda_vgg VGG + lambda_l1 L1

FM compares the maps of every D_k on fake and real (eq. 4), VGG those of VGG-19.  Stage 2 takes G1,
as `gen`, from stage 1 by config.init_from.
"""

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, fold_in
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses import penalty
from onepunch_jax.losses.perceptual import feature_matching, perceptual
from onepunch_jax.losses.pixel import l1
from onepunch_jax.nets.blocks.layers import avg_pool
from onepunch_jax.weights import pretrained


def make(
  *,
  gen,
  enhancer,
  disc,
  vgg,
  vgg_weights='',
  gan='lsgan',
  lambda_fm=10.0,
  lambda_vgg=10.0,
  lambda_l1=0.0,
  lambda_gp=0.0,
  lambda_r1=0.0,
  lambda_r2=0.0,
  lambda_drift=0.0,
  freeze=0,
) -> Method:
  """pix2pixHD.

  Args:
    gen: the global generator, G1.
    enhancer: the local enhancer, G2; None is stage 1.
    disc: the discriminators, one per scale.
    vgg, vgg_weights: the net of the perceptual term and its weights: a torchvision file, or the
      folder of a tagger's run; without, the term is off.
    gan: a name of losses/gan.py.
    lambda_fm, lambda_vgg, lambda_l1: weights of the generators' terms.
    lambda_gp, lambda_r1, lambda_r2, lambda_drift: weights of penalties on the discriminators.
    freeze: steps of stage 2 in which G1 stands still.
  """
  adversary = gans.make(gan)
  half = lambda x: avg_pool(x, 3, 2, 1, count_include_pad=False)
  gen = Net('gen', registry.net(gen))
  disc = Net('disc', registry.net(disc))
  outer = (
    Net(
      'enhancer',
      registry.net({**enhancer, 'enhancer': True}),
    )
    if enhancer
    else None
  )
  vgg = pretrained.frozen('vgg', vgg, vgg_weights) if lambda_vgg else None
  penalise = penalty.make(disc.module, gp=lambda_gp, r1=lambda_r1, r2=lambda_r2, drift=lambda_drift)

  def forward(v, batch, key):
    if not outer:
      (raw, _), v = gen(v, batch['line'])
    else:
      (_, inner), v = gen(v, half(batch['line']))
      (raw, _), v = outer(v, batch['line'], inner)
    return {'fake': jnp.tanh(raw)}, v

  def d_loss(v, out, batch, key, step):
    line, real, fake = batch['line'], batch['rgb'], out['fake']
    of_real, v = gans.judge(disc, v, line, real)
    of_fake, v = gans.judge(disc, v, line, fake)
    critic = lambda x: gans.judge(disc, v, line, x)[0].logits
    extra, metrics = penalise(critic, real, fake, of_real.logits, fold_in(key, 'gp'))
    return 0.5 * adversary.d(of_real.logits, of_fake.logits) + extra, (v, metrics)

  def g_loss(v, out, batch, key, step):
    line, real, fake = batch['line'], batch['rgb'], out['fake']
    of_real, v = gans.judge(disc, v, line, real)
    of_fake, v = gans.judge(disc, v, line, fake)
    matching = feature_matching(of_real.features, of_fake.features)
    metrics = {'adv': adversary.g(of_fake.logits), 'fm': matching}
    loss = metrics['adv'] + lambda_fm * metrics['fm']
    if lambda_l1:
      metrics['l1'] = l1(fake, real)
      loss += lambda_l1 * metrics['l1']
    if vgg:
      metrics['vgg'] = perceptual(vgg.infer(v, fake)[1], vgg.infer(v, real)[1])
      loss += lambda_vgg * metrics['vgg']
    return loss, (v, metrics)

  def colorize(v, batch, key=None):
    line = batch['line']
    raw = outer.infer(v, line, gen.infer(v, half(line))[1])[0] if outer else gen.infer(v, line)[0]
    return 0.5 + 0.5 * jnp.tanh(raw)

  thawed = (lambda step: step >= freeze) if freeze else None
  d, e = Player('d', ('disc',), d_loss), Player('e', ('enhancer',), g_loss)
  g = Player('g', ('gen',), g_loss, when=thawed if outer else None)
  return Method(
    nets=tuple(filter(None, (gen, outer, disc, vgg))),
    forward=forward,
    turns=((d,), (e,), (g,)) if outer else ((d,), (g,)),
    colorize=colorize,
    exports=('gen', 'enhancer') if outer else ('gen',),
    train_inputs=('line', 'rgb'),
    multiple=gen.module.multiple * (2 if outer else 1),
  )
