"""AlacGAN (Ci et al. 2018): line art and a quarter-size map of few colours, by WGAN-GP and content.

    D: min  E D(G(x, u, f), f) - E D(y, f) + lambda_gp GP + lambda_drift E D(y, f)^2
    G: min  E |phi(y) - phi(G)|^2 - lambda_adv E D(G, f)           phi: relu2_2 of VGG-16

u: RGB where the map has colours, and where (prepare/patches).  f: features of the line art by a
frozen net (illustration2vec in the paper; here a ResNet, at a sixteenth), where weights are given.
Without VGG's weights the content term is squared error of the colours, weighted lambda_l2 (ours).
"""

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, fold_in
from onepunch_jax.guides import geodesic, hints
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses import penalty
from onepunch_jax.losses.pixel import l2
from onepunch_jax.weights import pretrained

RATIO = 4
GUIDES = ('hint',)  # what a person may give


def make(
  *,
  gen,
  disc,
  vgg,
  vgg_weights='',
  enc,
  enc_weights='',
  lambda_content=1.0,
  lambda_l2=1.0,
  lambda_adv=1e-4,
  lambda_gp=10.0,
  lambda_drift=1e-3,
  spread=False,
) -> Method:
  """AlacGAN.

  Args:
    gen, disc: nets/alacgan and nets/alac_disc; `out_channels` is set here.
    vgg, vgg_weights: of the content term, and its weight file ('' for none).
    enc, enc_weights: the ResNet of the features, and its weight file ('' for none).
    lambda_content, lambda_l2: weights of the content term with VGG, and without.
    lambda_adv, lambda_gp, lambda_drift: weights.
    spread: hints are spread over the drawing, and over the answer (guides/geodesic; ours).
  """
  adversary = gans.make('wgan')
  vgg = pretrained.frozen('vgg', vgg, vgg_weights)
  enc = pretrained.frozen('enc', enc, enc_weights)
  gen = Net('gen', registry.net({**gen, 'out_channels': 3}))
  disc = Net('disc', registry.net(disc))
  penalise = penalty.make(disc.module, gp=lambda_gp, drift=lambda_drift)

  def told(batch):
    hint = geodesic.hint_input(batch, spread)
    return hints.shrink(hint.at[..., :3].multiply(hint[..., 3:]), RATIO)

  def features(v, batch):
    return (enc.infer(v, jnp.repeat(batch['line'], 3, -1))[1][3],) if enc else ()

  def forward(v, batch, key):
    raw, v = gen(v, batch['line'], told(batch), *features(v, batch), key=key)
    return {'fake': geodesic.prediction(raw, batch, spread)}, v

  def d_loss(v, out, batch, key, step):
    seen, real, fake = features(v, batch), batch['rgb'], out['fake']
    of_real, v = gans.judge(disc, v, real, *seen)
    of_fake, v = gans.judge(disc, v, fake, *seen)
    critic = lambda x: gans.judge(disc, v, x, *seen)[0].logits
    extra, metrics = penalise(critic, real, fake, of_real.logits, fold_in(key, 'gp'))
    return adversary.d(of_real.logits, of_fake.logits) + extra, (v, metrics)

  def g_loss(v, out, batch, key, step):
    of_fake, v = gans.judge(disc, v, out['fake'], *features(v, batch))
    metrics = {'adv': adversary.g(of_fake.logits)}
    if vgg:
      maps = [vgg.infer(v, x)[1]['relu2_2'] for x in (out['fake'], batch['rgb'])]
      metrics['content'] = l2(*maps)
    else:
      metrics['l2'] = l2(out['fake'], batch['rgb'])
    loss = lambda_content * metrics['content'] if vgg else lambda_l2 * metrics['l2']
    return loss + lambda_adv * metrics['adv'], (v, metrics)

  def colorize(v, batch, key=None):
    raw = gen.infer(v, batch['line'], told(batch), *features(v, batch))
    return 0.5 + 0.5 * geodesic.prediction(raw, batch, spread)

  return Method(
    nets=tuple(filter(None, (gen, disc, vgg, enc))),
    forward=forward,
    turns=((Player('d', ('disc',), d_loss),), (Player('g', ('gen',), g_loss),)),
    colorize=colorize,
    exports=('gen', *(['enc'] if enc else [])),
    train_inputs=('line', 'rgb', 'hint'),
    inputs=('line', 'hint'),
    multiple=gen.module.multiple,
  )
