"""The self-attention GAN of colorizing_things (Zhang et al. 2019; shading after Frans 2017).

    D: min  E max(0, 1 - D(y)) + mean over F of E max(0, 1 + D(f)),  F = G(x) and S(G(x), x)
    G: min  -E D(G(x))
    S: min  -E D(S(G(x), x))         S is trained alone, not the colours that it shades

with a hinge loss and two time scales; there is no pixel loss unless `lambda_l1` > 0. The original
discriminator saw the colours alone, so that nothing tied them to the line art; with
conditional=True (our default) it sees both.
"""

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses.pixel import l1
from onepunch_jax.ops.color import from_unit


def make(
  *,
  gen: Section,
  disc: Section,
  shade: Section,
  shading: bool = True,
  conditional: bool = True,
  gan: gans.Name = 'hinge',
  lambda_l1: float = 0.0,
  disc_steps: int = 1,
) -> Method:
  """The GAN with or without its second generator.

  Args:
    gen, disc, shade: the nets; the generator's `out_channels` is set here.
    shading: whether the shading net is trained, and makes the prediction.
    conditional: whether the discriminator sees the line art too.
    gan: a name of losses/gan.
    lambda_l1: weight of an L1 term on G(x).
    disc_steps: steps of the discriminator for each step of the generators.
  """
  adversary = gans.make(gan)
  gen = Net('gen', registry.net({**gen, 'out_channels': 3}))
  disc = Net('disc', registry.net(disc))
  shade = Net('shade', registry.net(shade)) if shading else None

  def disc_input(line, rgb):
    return jnp.concatenate([line, rgb], -1) if conditional else rgb

  def forward(v, batch, key):
    raw, v = gen(v, batch['line'], key=key)
    out = {'flat': jnp.tanh(raw)}
    if shade:
      raw, v = shade(v, out['flat'], batch['line'], key=key)
      out['shaded'] = jnp.tanh(raw)
    return out, v

  def d_loss(v, out, batch, key, step):
    of_real, v = gans.judge(disc, v, disc_input(batch['line'], batch['rgb']))
    losses = {}
    for name, fake in out.items():
      of_fake, v = gans.judge(disc, v, disc_input(batch['line'], fake))
      losses[name] = adversary.d(of_real.logits, of_fake.logits)
    return sum(losses.values()) / len(losses), (v, losses)

  def g_loss(v, out, batch, key, step):
    of_fake, v = gans.judge(disc, v, disc_input(batch['line'], out['flat']))
    metrics = {'adv': adversary.g(of_fake.logits), 'l1': l1(out['flat'], batch['rgb'])}
    return metrics['adv'] + lambda_l1 * metrics['l1'], (v, metrics)

  def s_loss(v, out, batch, key, step):
    of_fake, v = gans.judge(disc, v, disc_input(batch['line'], out['shaded']))
    return adversary.g(of_fake.logits), (v, {'l1': l1(out['shaded'], batch['rgb'])})

  def colorize(v, batch, key=None):
    rgb = jnp.tanh(gen.infer(v, batch['line']))
    if shade:
      rgb = jnp.tanh(shade.infer(v, rgb, batch['line']))
    return from_unit(rgb)

  d, g = Player('d', ('disc',), d_loss), Player('g', ('gen',), g_loss, disc_steps)
  s = Player('s', ('shade',), s_loss, disc_steps)
  return Method(
    nets=(gen, disc, shade) if shade else (gen, disc),
    forward=forward,
    turns=((d,), (g, s) if shade else (g,)),
    colorize=colorize,
    exports=('gen', 'shade') if shade else ('gen',),
    train_inputs=('line', 'rgb'),
    multiple=max(4, gen.module.multiple),
  )
