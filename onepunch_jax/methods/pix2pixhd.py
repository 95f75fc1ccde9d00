"""pix2pixHD (Wang et al. 2018): from coarse to fine, with discriminators at several scales.

    stage 1   fake = G1(x)
    stage 2   fake = G2(x, G1's last map of x at half the size); G1 is frozen for a while
    D_k: min  1/2 E (D_k(x, y) - 1)^2 + D_k(x, fake)^2                  k: scales of the image
    G:   min  lambda_adv sum_k E (D_k(x, fake) - 1)^2 + lambda_fm FM + lambda_vgg VGG + lambda_l1 L1

FM compares the feature maps of every D_k on fake and real (eq. 4), VGG those of VGG-19. The
adversarial term is a sum over scales, FM a mean over them, as in NVIDIA/pix2pixHD 14b3b3c; VGG's
input is standardised as its weights want (there it is not). Stage 2 takes G1, as `gen`, from
stage 1 by config.init_from.
"""

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section, fold_in
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses import penalty
from onepunch_jax.losses.perceptual import feature_matching, perceptual
from onepunch_jax.losses.pixel import l1
from onepunch_jax.nets.blocks.layers import avg_pool
from onepunch_jax.ops.color import from_unit
from onepunch_jax.weights import pretrained


def make(
  *,
  gen: Section,
  enhancer: Section | None,
  disc: Section,
  vgg: Section,
  vgg_weights: str = '',
  gan: gans.Name = 'lsgan',
  lambda_adv: float = 1.0,
  lambda_fm: float = 10.0,
  lambda_vgg: float = 10.0,
  lambda_l1: float = 0.0,
  lambda_gp: float = 0.0,
  lambda_r1: float = 0.0,
  lambda_r2: float = 0.0,
  lambda_drift: float = 0.0,
  freeze: int = 0,
) -> Method:
  """pix2pixHD.

  Args:
    gen: the global generator, G1.
    enhancer: the local enhancer, G2; None is stage 1.
    disc: the discriminators, one for each scale, of line art and colours.
    vgg, vgg_weights: the net of the perceptual term and its weights: a torchvision file, or the
      folder of a tagger's run; without weights the term is off.
    gan: a name of losses/gan.
    lambda_adv, lambda_fm, lambda_vgg, lambda_l1: weights of the generators' terms.
    lambda_gp, lambda_r1, lambda_r2, lambda_drift: weights of penalties on the discriminators.
    freeze: steps of stage 2 in which G1 is not trained.
  """
  adversary = gans.make(gan)
  gen, disc = Net('gen', registry.net(gen)), Net('disc', registry.net(disc))
  if enhancer:
    enhancer = Net('enhancer', registry.net({**enhancer, 'enhancer': True}))
  vgg = pretrained.frozen('vgg', vgg, vgg_weights) if lambda_vgg else None
  penalise = penalty.make(disc.module, gp=lambda_gp, r1=lambda_r1, r2=lambda_r2, drift=lambda_drift)

  def half(x):
    return avg_pool(x, 3, 2, 1, count_include_pad=False)

  def forward(v, batch, key):
    if not enhancer:
      (raw, _), v = gen(v, batch['line'])
    else:
      (_, last_map), v = gen(v, half(batch['line']))
      (raw, _), v = enhancer(v, batch['line'], last_map)
    return {'fake': jnp.tanh(raw)}, v

  def d_loss(v, out, batch, key, step):
    line, real, fake = batch['line'], batch['rgb'], out['fake']
    of_real, v = gans.judge(disc, v, line, real)
    of_fake, v = gans.judge(disc, v, line, fake)

    def critic(x):
      return gans.judge(disc, v, line, x)[0].logits

    extra, metrics = penalise(critic, real, fake, of_real.logits, fold_in(key, 'gp'))
    return 0.5 * adversary.d(of_real.logits, of_fake.logits) + extra, (v, metrics)

  def g_loss(v, out, batch, key, step):
    line, real, fake = batch['line'], batch['rgb'], out['fake']
    of_real, v = gans.judge(disc, v, line, real)
    of_fake, v = gans.judge(disc, v, line, fake)
    matching = feature_matching(of_real.features, of_fake.features)
    adv = len(of_fake.features) * adversary.g(of_fake.logits)  # a sum over scales
    metrics = {'adv': adv, 'fm': matching}
    loss = lambda_adv * metrics['adv'] + lambda_fm * metrics['fm']
    if lambda_l1:
      metrics['l1'] = l1(fake, real)
      loss += lambda_l1 * metrics['l1']
    if vgg:
      metrics['vgg'] = perceptual(vgg.infer(v, fake)[1], vgg.infer(v, real)[1])
      loss += lambda_vgg * metrics['vgg']
    return loss, (v, metrics)

  def colorize(v, batch, key=None):
    line = batch['line']
    if not enhancer:
      raw, _ = gen.infer(v, line)
    else:
      _, last_map = gen.infer(v, half(line))
      raw, _ = enhancer.infer(v, line, last_map)
    return from_unit(jnp.tanh(raw))

  def gen_trains(step):
    return step >= freeze

  d, e = Player('d', ('disc',), d_loss), Player('e', ('enhancer',), g_loss)
  g = Player('g', ('gen',), g_loss, when=gen_trains if enhancer and freeze else None)
  return Method(
    nets=tuple(filter(None, (gen, enhancer, disc, vgg))),
    forward=forward,
    turns=((d,), (e,), (g,)) if enhancer else ((d,), (g,)),
    colorize=colorize,
    exports=('gen', 'enhancer') if enhancer else ('gen',),
    train_inputs=('line', 'rgb'),
    multiple=gen.module.multiple * (2 if enhancer else 1),
  )
