"""style2paints V1 (Zhang, Ji and Lin 2017): the style of a reference, one vector, colours line art.

    G: min  lambda_l1 E (|y - G| + alpha |T(y) - G1| + beta |y - G2|) - lambda_adv E log D(G)
    D: max  E log(D(y) + 1 - V(y)) + E log(1 - D(G))                   mean over V's entries

G1, G2 are guide decoders where the middle of G begins and ends, T is grey. V is fc1 of VGG-19 at
224 px, if it has weights; else an encoder that is trained with G (ours). D has as many logits as V
has entries, and V(y) is squashed to [0, 1] by a sigmoid. With y as its own reference G is reported
to collapse: here the references are warped and jittered (prepare/reference), as in SCFT.
"""

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section
from onepunch_jax.guides import references
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses.pixel import l1, l2
from onepunch_jax.ops import color
from onepunch_jax.weights import pretrained

GUIDES = ('reference',)  # what a user may give
VGG_SIZE = 224  # px, the side of VGG's input


def make(
  *,
  gen: Section,
  disc: Section,
  enc: Section,
  vgg: Section,
  vgg_weights: str = '',
  alpha: float = 0.3,
  beta: float = 0.9,
  lambda_l1: float = 100.0,
  lambda_l2: float = 0.0,
  lambda_adv: float = 1.0,
) -> Method:
  """style2paints V1.

  Args:
    gen: nets/style2paints; its `out_channels` is set here.
    disc: nets/style_disc; its `size` is set here.
    enc: nets/style_enc, for V where VGG has no weights.
    vgg, vgg_weights: VGG with head='fc', and its weight file ('' for none).
    alpha, beta: weights of the guide decoders.
    lambda_l1, lambda_l2, lambda_adv: weights; the squared term is ours.
  """
  vgg = pretrained.frozen('vgg', vgg, vgg_weights)
  encoder = vgg or Net('enc', registry.net(enc))
  size = encoder.module.hidden if vgg else encoder.module.size
  gen = Net('gen', registry.net({**gen, 'out_channels': 3}))
  disc = Net('disc', registry.net({**disc, 'size': size}))

  def style(v, reference):
    """V of a reference [B, H, W, 4]: [B, size], zeros where it is empty."""
    if not vgg:
      return encoder.infer(v, reference)
    rgb, mask = reference[..., :3], reference[..., 3:]
    shape = len(rgb), VGG_SIZE, VGG_SIZE, 3
    on_white = jax.image.resize(jnp.where(mask > 0, rgb, 1.0), shape, 'linear')
    _, maps = encoder.infer(v, on_white)
    return maps['fc1'] * references.present(reference)[:, None]

  def forward(v, batch, key):
    (raw, guides), v = gen(v, batch['line'], style(v, batch['reference']), key=key)
    grey, rgb = guides
    return {'fake': jnp.tanh(raw), 'grey': jnp.tanh(grey), 'color': jnp.tanh(rgb)}, v

  def style_logits(v, rgb):
    """A logit of the discriminator for each entry of V, [B, size]."""
    judgement, v = gans.judge(disc, v, rgb)
    (logits,) = judgement.logits
    return logits, v

  def d_loss(v, out, batch, key, step):
    real, v = style_logits(v, batch['rgb'])
    fake, v = style_logits(v, out['fake'])
    target = jax.nn.sigmoid(style(v, references.from_rgb(batch['rgb'])))
    likelihood = jnp.log(jax.nn.sigmoid(real) + 1 - target + 1e-6)
    return jnp.mean(jax.nn.softplus(fake)) - jnp.mean(likelihood), (v, {})

  def g_loss(v, out, batch, key, step):
    rgb = batch['rgb']
    logits, v = style_logits(v, out['fake'])
    grey = color.to_unit(color.luma(color.from_unit(rgb)))
    metrics = {
      'adv': jnp.mean(jax.nn.softplus(-logits)),
      'l1': l1(out['fake'], rgb),
      'grey': l1(out['grey'], grey),
      'color': l1(out['color'], rgb),
      'l2': l2(out['fake'], rgb),
    }
    loss = metrics['l1'] + alpha * metrics['grey'] + beta * metrics['color']
    loss = lambda_l1 * loss + lambda_l2 * metrics['l2'] + lambda_adv * metrics['adv']
    return loss, (v, metrics)

  def colorize(v, batch, key=None):
    raw, _ = gen.infer(v, batch['line'], style(v, references.of(batch)))
    return color.from_unit(jnp.tanh(raw))

  g = Player('g', ('gen',) if vgg else ('gen', 'enc'), g_loss)
  return Method(
    nets=(gen, disc, encoder),
    forward=forward,
    turns=((Player('d', ('disc',), d_loss),), (g,)),
    colorize=colorize,
    exports=('gen', encoder.name),
    train_inputs=('line', 'rgb', 'reference'),
    inputs=('line', 'reference'),
    multiple=gen.module.multiple,
  )
