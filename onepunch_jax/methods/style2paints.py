"""style2paints V1 (Zhang, Ji and Lin 2017): the style of a reference, one vector, colours line art.

    G: min  lambda_l1 E (|y - G| + alpha |T(y) - G1| + beta |y - G2|) - lambda_adv E log D(G)
    D: max  E log(D(y) + 1 - V(y)) + E log(1 - D(G))                   mean over V's entries

G1, G2: guide decoders where the middle begins and ends; T: grey.  V: fc1 of VGG-19 at 224 px, where
weights are given; else an encoder that G trains (ours).  D answers with as many numbers as V has,
V(y) in [0, 1] by a sigmoid.  With y as its own style it is reported to collapse: references are
bent and tinted here (prepare/reference), as in SCFT.
"""

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player
from onepunch_jax.guides import references
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses.pixel import l1, l2
from onepunch_jax.ops import color
from onepunch_jax.weights import pretrained

GUIDES = ('reference',)  # what a person may give
SEEN = 224  # px, the side of what VGG sees


def make(
  *,
  gen,
  disc,
  enc,
  vgg,
  vgg_weights='',
  alpha=0.3,
  beta=0.9,
  lambda_l1=100.0,
  lambda_l2=0.0,
  lambda_adv=1.0,
) -> Method:
  """style2paints V1.

  Args:
    gen, disc: nets/style2paints and nets/style_disc; `out_channels` and `size` are set here.
    enc: nets/style_enc, used without weights of VGG.
    vgg, vgg_weights: VGG with head='fc', and its weight file ('' for none).
    alpha, beta: weights of the guides.
    lambda_l1, lambda_l2, lambda_adv: weights; the squared term is ours.
  """
  seer = pretrained.frozen('vgg', vgg, vgg_weights)
  coder = seer or Net('enc', registry.net(enc))
  size = coder.module.hidden if seer else coder.module.size
  gen = Net(
    'gen',
    registry.net({**gen, 'out_channels': 3}),
  )
  disc = Net('disc', registry.net({**disc, 'size': size}))

  def style(v, reference):
    """V of a reference [B, H, W, 4]: [B, size], zeros without one."""
    if not seer:
      return coder.infer(v, reference)
    rgb, mask = reference[..., :3], reference[..., 3:]
    on_paper = jax.image.resize(jnp.where(mask > 0, rgb, 1.0), (len(rgb), SEEN, SEEN, 3), 'linear')
    there = references.present(reference)[:, None]
    return coder.infer(v, on_paper)[1]['fc1'] * there

  def forward(v, batch, key):
    (raw, guides), v = gen(v, batch['line'], style(v, batch['reference']), key=key)
    return {'fake': jnp.tanh(raw), 'grey': jnp.tanh(guides[0]), 'color': jnp.tanh(guides[1])}, v

  def judged(v, rgb):
    """A logit for each entry of V, [B, size]."""
    judgement, v = gans.judge(disc, v, rgb)
    (logits,) = judgement.logits
    return logits, v

  def d_loss(v, out, batch, key, step):
    real, v = judged(v, batch['rgb'])
    fake, v = judged(v, out['fake'])
    of = jax.nn.sigmoid(style(v, references.from_rgb(batch['rgb'])))
    told = jnp.log(jax.nn.sigmoid(real) + 1 - of + 1e-6)
    return jnp.mean(jax.nn.softplus(fake)) - jnp.mean(told), (v, {})

  def g_loss(v, out, batch, key, step):
    rgb = batch['rgb']
    logits, v = judged(v, out['fake'])
    grey = 2 * color.luma(0.5 + 0.5 * rgb) - 1
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
    return 0.5 + 0.5 * jnp.tanh(raw)

  return Method(
    nets=(gen, disc, coder),
    forward=forward,
    turns=(
      (Player('d', ('disc',), d_loss),),
      (Player('g', ('gen',) if seer else ('gen', 'enc'), g_loss),),
    ),
    colorize=colorize,
    exports=('gen', coder.name),
    train_inputs=('line', 'rgb', 'reference'),
    inputs=('line', 'reference'),
    multiple=gen.module.multiple,
  )
