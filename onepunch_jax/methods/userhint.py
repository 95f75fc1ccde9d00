"""Atari's user hints (Automatic Line Art Colorization): strokes on a copy of the line art.

    D: max  E min(0, -1 + D(y, f)) + E min(0, -1 - D(G(x, u, f), f))      f: VGG-19 of the hint u
    G: min  lambda_l1 E |y - G| - lambda_adv E D(G, f) - lambda_pef sum_c Var(G_c)

The last term, "positive enforcing", asks for colours that differ.  f needs weights by path; without
them G has a small encoder of its own, and D sees colours alone.  encoding='white' with points is
its second version's input.

Its second stage refines (as Zhang et al. 2018): with `first`, the generator of a trained first
stage, f is of a draft in place of the hint: in training of spoilt true colours (prepare/corrupt),
in use of what the first stage answers.
"""

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player
from onepunch_jax.guides import geodesic, hints
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses.pixel import l1
from onepunch_jax.nets.blocks.layers import avg_pool
from onepunch_jax.weights import pretrained

GUIDES = ('hint',)  # what a person may give


def make(
  *,
  gen,
  disc,
  vgg,
  vgg_weights='',
  first=None,
  encoding='line',
  gan='hinge',
  lambda_l1=1.0,
  lambda_adv=0.01,
  lambda_pef=0.001,
  spread=False,
) -> Method:
  """User hints.

  Args:
    gen, disc: nets/sacat and nets/hint_disc; `out_channels` is set here.
    vgg, vgg_weights: the section of VGG-19 and its weight file ('' for none).
    first: the first stage's generator, for the second (config.init_from brings it), or None.
    encoding: how hints are shown (`hints.encode`).
    gan: a name of losses/gan.py.
    lambda_l1, lambda_adv, lambda_pef: weights.
    spread: hints are spread over the drawing, and over the answer (guides/geodesic; ours).
  """
  hints.check(encoding)
  adversary = gans.make(gan)
  seer = pretrained.frozen('vgg', vgg, vgg_weights)
  gen = Net('gen', registry.net({**gen, 'out_channels': 3}))
  disc = Net('disc', registry.net(disc))
  if first:
    first = Net(
      'first',
      registry.net({**first, 'out_channels': 3}),
    )

  def triple(batch):
    return jnp.repeat(batch['line'], 3, -1)

  def shown(batch):
    return hints.encode(geodesic.hint_input(batch, spread), batch['line'], encoding)

  def features(v, picture):
    """conv4_4 of a picture, pooled to a sixteenth: (it,), or () without weights."""
    if not seer:
      return ()
    _, maps = seer.infer(v, picture)
    return (avg_pool(maps['relu4_4'], 3, 2, 1, count_include_pad=False),)

  def hinted(v, batch):
    return features(v, shown(batch)[..., :3])

  def seen(v, batch, draft):
    """What the gates see: (features,), the draft itself without weights, or ()."""
    if draft is None:
      return hinted(v, batch)
    return features(v, draft) or (draft,)

  def forward(v, batch, key):
    beside = seen(v, batch, batch['draft'] if first else None)
    raw, v = gen(v, triple(batch), shown(batch), *beside, key=key)
    return {'fake': geodesic.prediction(raw, batch, spread)}, v

  def d_loss(v, out, batch, key, step):
    beside = hinted(v, batch)
    of_real, v = gans.judge(disc, v, batch['rgb'], *beside)
    of_fake, v = gans.judge(disc, v, out['fake'], *beside)
    return adversary.d(of_real.logits, of_fake.logits), (v, {})

  def g_loss(v, out, batch, key, step):
    of_fake, v = gans.judge(disc, v, out['fake'], *hinted(v, batch))
    metrics = {
      'adv': adversary.g(of_fake.logits),
      'l1': l1(out['fake'], batch['rgb']),
      'variance': jnp.mean(jnp.sum(jnp.var(out['fake'], (1, 2)), -1)),
    }
    loss = lambda_l1 * metrics['l1'] + lambda_adv * metrics['adv']
    return loss - lambda_pef * metrics['variance'], (v, metrics)

  def colorize(v, batch, key=None):
    inputs, draft = (triple(batch), shown(batch)), None
    if first:
      draft = geodesic.prediction(first.infer(v, *inputs, *hinted(v, batch)), batch, spread)
    raw = gen.infer(v, *inputs, *seen(v, batch, draft))
    return 0.5 + 0.5 * geodesic.prediction(raw, batch, spread)

  return Method(
    nets=tuple(filter(None, (gen, disc, first, seer))),
    forward=forward,
    turns=((Player('d', ('disc',), d_loss),), (Player('g', ('gen',), g_loss),)),
    colorize=colorize,
    exports=tuple(net.name for net in (gen, first, seer) if net),
    pretrained=('first',) if first else (),
    train_inputs=('line', 'rgb', 'hint', *(['draft'] if first else [])),
    inputs=('line', 'hint'),
    multiple=gen.module.multiple,
  )
