"""Atari's user hints (Automatic Line Art Colorization): strokes on a copy of the line art.

    D: max  E min(0, -1 + D(y, f)) + E min(0, -1 - D(G(x, u, f), f))    f: VGG-19 of the hint u
    G: min  lambda_l1 E |y - G| - lambda_adv E D(G, f) - lambda_pef sum_c Var(G_c)

The last term, "positive enforcing", asks for colours that differ. f needs a weight file; without
one G encodes the hint by a small encoder of its own, and D sees colours alone. encoding='white'
with points is the input of its second version.

Its second stage refines (as Zhang et al. 2018): with `first`, the generator of a trained first
stage, f is computed from a draft instead of the hint: in training from corrupted true colours
(prepare/corrupt), at inference from the prediction of the first stage.
"""

from typing import Literal

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section
from onepunch_jax.guides import geodesic, hints
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses.pixel import channel_variance, l1
from onepunch_jax.nets.blocks.layers import avg_pool
from onepunch_jax.ops.color import from_unit
from onepunch_jax.weights import pretrained

GUIDES = ('hint',)  # what a user may give


def make(
  *,
  gen: Section,
  disc: Section,
  vgg: Section,
  vgg_weights: str = '',
  first: Section | None = None,
  encoding: Literal['line', 'white', 'zero'] = 'line',
  gan: gans.Name = 'hinge',
  lambda_l1: float = 1.0,
  lambda_adv: float = 0.01,
  lambda_pef: float = 0.001,
  propagate_hints: bool = False,
) -> Method:
  """User hints.

  Args:
    gen: nets/sacat; its `out_channels` is set here.
    disc: a discriminator of colours, and of features at a sixteenth if VGG has weights:
      nets/hint_disc.
    vgg, vgg_weights: the section of VGG-19 and its weight file ('' for none).
    first: the first stage's generator, for the second (config.init_from brings it), or None.
    encoding: how the generator sees hints (guides/hints.encode).
    gan: a name of losses/gan.
    lambda_l1, lambda_adv, lambda_pef: weights.
    propagate_hints: whether hints are propagated over the drawing for the input and, where they are
      near, for the prediction (guides/geodesic; ours).
  """
  hints.check(encoding)
  adversary = gans.make(gan)
  vgg = pretrained.frozen('vgg', vgg, vgg_weights)
  gen = Net('gen', registry.net({**gen, 'out_channels': 3}))
  disc = Net('disc', registry.net(disc))
  first = Net('first', registry.net({**first, 'out_channels': 3})) if first else None

  def gen_input(batch):
    """The line art and the encoded hint, [B, H, W, 3 or 4]."""
    hint = geodesic.hint_input(batch, propagate_hints)
    return jnp.repeat(batch['line'], 3, -1), hints.encode(hint, batch['line'], encoding)

  def features(v, image):
    """relu4_4 of an image, pooled to a sixteenth: (f,), or () without weights."""
    if not vgg:
      return ()
    _, maps = vgg.infer(v, image)
    return (avg_pool(maps['relu4_4'], 3, 2, 1, count_include_pad=False),)

  def hint_features(v, batch):
    _, hint = gen_input(batch)
    return features(v, hint[..., :3])

  def condition(v, batch, draft):
    """What the generator's gates see: (f,); without weights (draft,), or () without a draft."""
    if draft is None:
      return hint_features(v, batch)
    return features(v, draft) or (draft,)

  def forward(v, batch, key):
    draft = batch['draft'] if first else None
    raw, v = gen(v, *gen_input(batch), *condition(v, batch, draft), key=key)
    return {'fake': geodesic.prediction(raw, batch, propagate_hints)}, v

  def d_loss(v, out, batch, key, step):
    hint = hint_features(v, batch)
    of_real, v = gans.judge(disc, v, batch['rgb'], *hint)
    of_fake, v = gans.judge(disc, v, out['fake'], *hint)
    return adversary.d(of_real.logits, of_fake.logits), (v, {})

  def g_loss(v, out, batch, key, step):
    of_fake, v = gans.judge(disc, v, out['fake'], *hint_features(v, batch))
    metrics = {
      'adv': adversary.g(of_fake.logits),
      'l1': l1(out['fake'], batch['rgb']),
      'variance': channel_variance(out['fake']),
    }
    loss = lambda_l1 * metrics['l1'] + lambda_adv * metrics['adv']
    return loss - lambda_pef * metrics['variance'], (v, metrics)

  def colorize(v, batch, key=None):
    draft = None
    if first:
      raw = first.infer(v, *gen_input(batch), *hint_features(v, batch))
      draft = geodesic.prediction(raw, batch, propagate_hints)
    raw = gen.infer(v, *gen_input(batch), *condition(v, batch, draft))
    return from_unit(geodesic.prediction(raw, batch, propagate_hints))

  return Method(
    nets=tuple(filter(None, (gen, disc, first, vgg))),
    forward=forward,
    turns=((Player('d', ('disc',), d_loss),), (Player('g', ('gen',), g_loss),)),
    colorize=colorize,
    exports=tuple(net.name for net in (gen, first, vgg) if net),
    pretrained=('first',) if first else (),
    train_inputs=('line', 'rgb', 'hint', 'draft') if first else ('line', 'rgb', 'hint'),
    inputs=('line', 'hint'),
    multiple=gen.module.multiple,
  )
