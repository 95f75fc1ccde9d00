"""AlacGAN (Ci et al. 2018): line art and a quarter-size colour map, by WGAN-GP and a content loss.

    D: min  E D(G(x, u, f), f) - E D(y, f) + lambda_gp GP + lambda_drift E D(y, f)^2
    G: min  lambda_content E |phi(y) - phi(G)|^2 - lambda_adv E D(G, f)     phi: relu2_2 of VGG-16

The penalty GP asks for a gradient of norm 1 at each pixel, as the released code (orashi/AlacGAN
07cc481, train.py), not of each picture. u is the hint at a quarter of the size, RGB and a mask
(prepare/patches). f are features of the line art at a sixteenth from a frozen net (illustration2vec
in the paper, a ResNet here), if it has weights. Without weights of VGG the content term is the
squared error of the colours, weighted by lambda_l2 (ours).
"""

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section, fold_in
from onepunch_jax.guides import geodesic, hints
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses import penalty
from onepunch_jax.losses.pixel import l2
from onepunch_jax.ops.color import from_unit
from onepunch_jax.weights import pretrained

RATIO = 4  # of the picture's side to the hint's
GUIDES = ('hint',)  # what a user may give


def make(
  *,
  gen: Section,
  disc: Section,
  vgg: Section,
  vgg_weights: str = '',
  enc: Section,
  enc_weights: str = '',
  lambda_content: float = 1.0,
  lambda_l2: float = 1.0,
  lambda_adv: float = 1e-4,
  lambda_gp: float = 10.0,
  lambda_drift: float = 1e-3,
  gp_over: penalty.Over = 'pixel',
  propagate_hints: bool = False,
) -> Method:
  """AlacGAN.

  Args:
    gen: nets/alacgan; its `out_channels` is set here.
    disc: a critic of colours, and of features at a sixteenth if `enc` has weights: nets/alac_disc.
    vgg, vgg_weights: the net of the content term, and its weight file ('' for none).
    enc, enc_weights: the ResNet of the features, and its weight file ('' for none).
    lambda_content, lambda_l2: weights of the content term with VGG, and without.
    lambda_adv, lambda_gp, lambda_drift: weights.
    gp_over: 'pixel' as the released code, for which lambda_adv was chosen; 'picture' as WGAN-GP's
      paper, with an adversary sqrt(H W) times as weak (losses/penalty.wgan_gp).
    propagate_hints: whether hints are propagated over the drawing for the input and, where they are
      near, for the prediction (guides/geodesic; ours).
  """
  adversary = gans.make('wgan')
  vgg = pretrained.frozen('vgg', vgg, vgg_weights)
  enc = pretrained.frozen('enc', enc, enc_weights)
  gen = Net('gen', registry.net({**gen, 'out_channels': 3}))
  disc = Net('disc', registry.net(disc))
  penalise = penalty.make(disc.module, gp=lambda_gp, drift=lambda_drift, gp_over=gp_over)

  def color_map(batch):
    """The hint at a quarter of the size, [B, H/4, W/4, 4]."""
    hint = geodesic.hint_input(batch, propagate_hints)
    color, mask = hint[..., :3], hint[..., 3:]
    return hints.shrink(jnp.concatenate([color * mask, mask], -1), RATIO)

  def features(v, batch):
    """Features of the line art: (f,), or () without weights."""
    if not enc:
      return ()
    _, stages = enc.infer(v, jnp.repeat(batch['line'], 3, -1))
    return (stages[3],)

  def forward(v, batch, key):
    raw, v = gen(v, batch['line'], color_map(batch), *features(v, batch), key=key)
    return {'fake': geodesic.prediction(raw, batch, propagate_hints)}, v

  def d_loss(v, out, batch, key, step):
    condition, real, fake = features(v, batch), batch['rgb'], out['fake']
    of_real, v = gans.judge(disc, v, real, *condition)
    of_fake, v = gans.judge(disc, v, fake, *condition)

    def critic(x):
      return gans.judge(disc, v, x, *condition)[0].logits

    extra, metrics = penalise(critic, real, fake, of_real.logits, fold_in(key, 'gp'))
    return adversary.d(of_real.logits, of_fake.logits) + extra, (v, metrics)

  def g_loss(v, out, batch, key, step):
    of_fake, v = gans.judge(disc, v, out['fake'], *features(v, batch))
    metrics = {'adv': adversary.g(of_fake.logits)}
    if vgg:
      fake_maps, real_maps = (vgg.infer(v, x)[1] for x in (out['fake'], batch['rgb']))
      metrics['content'] = l2(fake_maps['relu2_2'], real_maps['relu2_2'])
      loss = lambda_content * metrics['content']
    else:
      metrics['l2'] = l2(out['fake'], batch['rgb'])
      loss = lambda_l2 * metrics['l2']
    return loss + lambda_adv * metrics['adv'], (v, metrics)

  def colorize(v, batch, key=None):
    raw = gen.infer(v, batch['line'], color_map(batch), *features(v, batch))
    return from_unit(geodesic.prediction(raw, batch, propagate_hints))

  return Method(
    nets=tuple(filter(None, (gen, disc, vgg, enc))),
    forward=forward,
    turns=((Player('d', ('disc',), d_loss),), (Player('g', ('gen',), g_loss),)),
    colorize=colorize,
    exports=('gen', 'enc') if enc else ('gen',),
    train_inputs=('line', 'rgb', 'hint'),
    inputs=('line', 'hint'),
    multiple=gen.module.multiple,
  )
