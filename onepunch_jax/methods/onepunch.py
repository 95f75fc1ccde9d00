"""OnePunchGAN's colour stage: a frozen scan generator makes the pairs, ColorNet colours them.

    s = S(c), S from a run of methods/cyclegan, not trained here
    D: min  E (D(c) - 1)^2 + D(G(s))^2            halved, fakes from a pool
    G: min  E (D(G(s)) - 1)^2 + lambda_l1 E |c - G(s)| + lambda_edges E |edges(c) - edges(G(s))|

G is an encoder whose feature maps a decoder reads. The options are its author's list of what to try
next: an L1 term that decays, an L1 term on edges, NoGAN (G alone, D alone, then both), WGAN-GP.
With source='line' the pairs are the data's own line art, or what prepare steps made.
"""

import functools
from typing import Literal

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section, fold_in
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses import penalty as penalties
from onepunch_jax.losses import pool as pools
from onepunch_jax.losses.edges import edge_l1
from onepunch_jax.losses.pixel import l1
from onepunch_jax.ops.color import from_unit
from onepunch_jax.prepare import line_noise as noises


def make(
  *,
  enc: Section,
  gen: Section,
  disc: Section,
  scan: Section,
  source: Literal['scan', 'line'] = 'scan',
  conditional: bool = False,
  frozen_encoder: bool = False,
  gan: gans.Name = 'lsgan',
  lambda_l1: float = 10.0,
  l1_decay: int = 0,
  lambda_edges: float = 0.0,
  lambda_gp: float = 0.0,
  n_critic: int = 1,
  nogan: tuple[int, int] = (0, 0),
  line_noise: float = 0.0,
  pool: int = 50,
) -> Method:
  """The colour stage.

  Args:
    enc, gen: the encoder of 3-channel images and the decoder of its feature maps.
    disc, scan: the discriminator; the scan generator, as in the run that trained it.
    source: 'scan', pairs by the scan generator; 'line', batch['line'].
    conditional: whether the discriminator sees the scan too.
    frozen_encoder: whether the encoder comes from another run and is not trained.
    gan: a name of losses/gan.
    lambda_l1: weight of the L1 term; it falls linearly to 0 over `l1_decay` steps (0: it stays).
    lambda_edges: weight of the L1 term between edge maps.
    lambda_gp, n_critic: of WGAN-GP, with gan='wgan'; no pool is used then.
    nogan: steps of the generator alone, then of the discriminator alone, before both train.
    line_noise: probability of each augmentation of prepare/line_noise on generated scans.
    pool: how many old fakes are kept for the discriminator.
  """
  if source not in ('scan', 'line'):
    raise ValueError(f"The colour stage makes its pairs from 'scan' or 'line', not {source!r}.")
  adversary, uses_pool = gans.make(gan), pool and not lambda_gp
  add_noise = noises.make(probability=line_noise)
  enc, gen = Net('enc', registry.net(enc)), Net('gen', registry.net({**gen, 'out_channels': 3}))
  scan = Net('scan', registry.net({**scan, 'out_channels': 1})) if source == 'scan' else None
  disc = Net('disc', registry.net(disc))
  penalise = penalties.make(disc.module, gp=lambda_gp)
  gen_only, both_from = nogan[0], sum(nogan)

  def disc_input(line, color):
    return jnp.concatenate([line, color], -1) if conditional else color

  def forward(v, batch, key):
    line = jnp.tanh(scan.infer(v, batch['rgb'])) if scan else batch['line']
    if scan and line_noise:
      line = add_noise({**batch, 'line': line}, fold_in(key, 'line_noise'), 0)['line']
    image = jnp.repeat(line, 3, -1)
    if frozen_encoder:
      _, maps = enc.infer(v, image)
    else:
      (_, maps), v = enc(v, image, key=key)
    raw, v = gen(v, maps, key=key)
    return {'line': line, 'fake': jnp.tanh(raw)}, v

  def d_loss(v, out, batch, key, step):
    real, fake = (disc_input(out['line'], x) for x in (batch['rgb'], out['fake']))
    if uses_pool:
      fake, memory = pools.swap(v.memory, fake, fold_in(key, 'pool'))
      v = v.replace(memory=memory)
    of_real, v = gans.judge(disc, v, real)
    of_fake, v = gans.judge(disc, v, fake)

    def critic(x):
      return gans.judge(disc, v, disc_input(out['line'], x))[0].logits

    penalty, terms = penalise(critic, batch['rgb'], out['fake'], of_real.logits, fold_in(key, 'gp'))
    return adversary.d(of_real.logits, of_fake.logits) + penalty, (v, terms)

  def g_loss(v, out, batch, key, step):
    of_fake, v = gans.judge(disc, v, disc_input(out['line'], out['fake']))
    metrics = {'adv': adversary.g(of_fake.logits), 'l1': l1(out['fake'], batch['rgb'])}
    decay = jnp.maximum(0, 1 - step / l1_decay) if l1_decay else 1.0
    loss = metrics['adv'] * (step >= both_from) + lambda_l1 * decay * metrics['l1']
    if lambda_edges:
      metrics['edges'] = edge_l1(out['fake'], batch['rgb'])
      loss += lambda_edges * metrics['edges']
    return loss, (v, metrics)

  def colorize(v, batch, key=None):
    _, maps = enc.infer(v, jnp.repeat(batch['line'], 3, -1))
    return from_unit(jnp.tanh(gen.infer(v, maps)))

  def disc_trains(step):
    return step >= gen_only

  def gen_trains(step):
    return (step < gen_only) | (step >= both_from)

  def memory(batch):
    """An empty pool of fakes, if there is one."""
    if not uses_pool:
      return {}
    white = jnp.ones((*batch['rgb'].shape[:3], 1))
    return pools.start(pool, disc_input(white, batch['rgb']))

  d = Player('d', ('disc',), d_loss, when=disc_trains if both_from else None)
  g_nets = ('gen',) if frozen_encoder else ('enc', 'gen')
  g = Player('g', g_nets, g_loss, n_critic, when=gen_trains if both_from else None)
  return Method(
    nets=tuple(filter(None, (enc, gen, disc, scan))),
    forward=forward,
    turns=((d,), (g,)),
    colorize=colorize,
    exports=('enc', 'gen'),
    train_inputs=('rgb',) if scan else ('line', 'rgb'),
    pretrained=(*(('scan',) if scan else ()), *(('enc',) if frozen_encoder else ())),
    multiple=2 ** _halvings(enc.module),
    memory=memory,
  )


def _halvings(encoder: nn.Module) -> int:
  """How many times an encoder halves its input: once for each of its feature maps."""
  image = jax.ShapeDtypeStruct((1, 256, 256, 3), jnp.float32)
  init = functools.partial(encoder.init_with_output, train=False)
  (_, maps), _ = jax.eval_shape(init, jax.random.key(0), image)
  return len(maps)
