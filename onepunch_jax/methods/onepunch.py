"""OnePunchGAN's colour stage: a frozen scan generator makes the pairs, ColorNet colours them.

    s = S(c), S from a run of methods/cyclegan, never trained here
    D: min  E (D(c) - 1)^2 + D(G(s))^2            halved, from a pool of fakes
    G: min  E (D(G(s)) - 1)^2 + lambda_l1 E |c - G(s)| + lambda_edges E |edges(c) - edges(G(s))|

G is an encoder whose taps a decoder reads.  The options are its author's list of what to try next:
an L1 that decays, L1 on edges, NoGAN (G alone, D alone, then both), WGAN-GP.  With source='line'
the pairs are the data's own line art, or what prepare steps made.
"""

import functools

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, fold_in
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses import penalty as penalties
from onepunch_jax.losses import pool as pools
from onepunch_jax.losses.edges import edge_l1
from onepunch_jax.losses.pixel import l1
from onepunch_jax.prepare import line_noise as noises


def make(
  *,
  enc,
  gen,
  disc,
  scan,
  source='scan',
  conditional=False,
  frozen_encoder=False,
  gan='lsgan',
  lambda_l1=10.0,
  l1_decay=0,
  lambda_edges=0.0,
  lambda_gp=0.0,
  n_critic=1,
  nogan=(0, 0),
  line_noise=0.0,
  pool=50,
) -> Method:
  """The colour stage.

  Args:
    enc, gen: the encoder (taps of 3-channel pictures) and the decoder that reads them.
    disc, scan: the discriminator; the scan generator, as in the run that trained it.
    source: 'scan', pairs by the scan generator; 'line', batch['line'].
    conditional: whether the discriminator sees the scan too.
    frozen_encoder: whether the encoder comes from another run and stays as it is.
    gan: a name of losses/gan.py.
    lambda_l1: weight of the L1 term; it falls linearly to 0 over `l1_decay` steps (0: it stays).
    lambda_edges: weight of the L1 between edge maps.
    lambda_gp, n_critic: of WGAN-GP, with gan='wgan'; no pool is used then.
    nogan: steps of the generator alone, then of the discriminator alone, before both play.
    line_noise: probability of each disturbance of prepare/line_noise on generated scans.
    pool: how many old fakes the discriminator is shown from.
  """
  if source not in ('scan', 'line'):
    raise ValueError(f"The colour stage makes its pairs from 'scan' or 'line', not {source!r}.")
  adversary, uses_pool = gans.make(gan), pool and not lambda_gp
  disturb = noises.make(probability=line_noise)
  tile = lambda line: jnp.repeat(line, 3, -1)
  enc = Net('enc', registry.net(enc))
  scan = Net('scan', registry.net({**scan, 'out_channels': 1}))

  gen = Net('gen', registry.net({**gen, 'out_channels': 3}))
  judged = lambda line, color: jnp.concatenate([line, color], -1) if conditional else color
  white = lambda b: jnp.ones((*b['rgb'].shape[:3], 1))
  disc = Net('disc', registry.net(disc))
  penalise = penalties.make(disc.module, gp=lambda_gp)
  alone, both = nogan[0], sum(nogan)

  def forward(v, batch, key):
    line = batch['line'] if source == 'line' else jnp.tanh(scan.infer(v, batch['rgb']))
    if source == 'scan' and line_noise:
      line = disturb({**batch, 'line': line}, fold_in(key, 'line_noise'), 0)['line']
    if frozen_encoder:
      _, taps = enc.infer(v, tile(line))
    else:
      (_, taps), v = enc(v, tile(line), key=key)
    raw, v = gen(v, taps, key=key)
    return {'line': line, 'fake': jnp.tanh(raw)}, v

  def d_loss(v, out, batch, key, step):
    real, fake = (judged(out['line'], x) for x in (batch['rgb'], out['fake']))
    if uses_pool:
      fake, memory = pools.swap(v.memory, fake, fold_in(key, 'pool'))
      v = v.replace(memory=memory)
    of_real, v = gans.judge(disc, v, real)
    of_fake, v = gans.judge(disc, v, fake)
    critic = lambda x: gans.judge(disc, v, judged(out['line'], x))[0].logits
    penalty, terms = penalise(critic, batch['rgb'], out['fake'], of_real.logits, fold_in(key, 'gp'))
    return adversary.d(of_real.logits, of_fake.logits) + penalty, (v, terms)

  def g_loss(v, out, batch, key, step):
    of_fake, v = gans.judge(disc, v, judged(out['line'], out['fake']))
    metrics = {'adv': adversary.g(of_fake.logits), 'l1': l1(out['fake'], batch['rgb'])}
    left = jnp.maximum(0, 1 - step / l1_decay) if l1_decay else 1.0
    loss = metrics['adv'] * (step >= both) + lambda_l1 * left * metrics['l1']
    if lambda_edges:
      metrics['edges'] = edge_l1(out['fake'], batch['rgb'])
      loss += lambda_edges * metrics['edges']
    return loss, (v, metrics)

  def colorize(v, batch, key=None):
    _, taps = enc.infer(v, tile(batch['line']))
    return 0.5 + 0.5 * jnp.tanh(gen.infer(v, taps))

  d_when = (lambda step: step >= alone) if both else None
  g_when = (lambda step: (step < alone) | (step >= both)) if both else None
  return Method(
    nets=(enc, gen, disc, *([scan] if source == 'scan' else [])),
    forward=forward,
    turns=(
      (Player('d', ('disc',), d_loss, when=d_when),),
      (Player('g', ('gen',) if frozen_encoder else ('enc', 'gen'), g_loss, n_critic, g_when),),
    ),
    colorize=colorize,
    exports=('enc', 'gen'),
    train_inputs=('rgb',) if source == 'scan' else ('line', 'rgb'),
    pretrained=(*(['scan'] if source == 'scan' else []), *(['enc'] if frozen_encoder else [])),
    multiple=2 ** _halvings(enc.module),
    memory=lambda b: pools.start(pool, judged(white(b), b['rgb'])) if uses_pool else {},
  )


def _halvings(encoder):
  """How many times an encoder halves its input: once for each of its taps."""
  picture = jax.ShapeDtypeStruct((1, 256, 256, 3), jnp.float32)
  init = functools.partial(encoder.init_with_output, train=False)
  (_, taps), _ = jax.eval_shape(init, jax.random.key(0), picture)
  return len(taps)
