"""CycleGAN (Zhu et al. 2017) between scans and colourings that are no pairs: OnePunchGAN's stage 1.

s is a scan, c a colouring of another drawing, S: c -> s the scan generator, G: s -> c.

    D: min  E (D_s(s) - 1)^2 + D_s(S(c))^2,  the same of D_c, c, G(s); halved, fakes from a pool
    G: min  E (D_s(S(c)) - 1)^2 + (D_c(G(s)) - 1)^2
            + lambda_cycle    (E |G(S(c)) - c| + E |S(G(s)) - s|)
            + lambda_identity (E |S(s) - s| + E |G(grey(c)) - c|)

What is wanted is S: it makes the pairs of methods/onepunch.  A cycle lets S hide colours in faint
tones that D_s overlooks; `noise` on S(c) before it is coloured again drowns them (Bashkirova 2019).
"""

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, fold_in
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses import pool as pools
from onepunch_jax.losses.pixel import l1
from onepunch_jax.metrics import ink
from onepunch_jax.ops import color


def make(
  *,
  scan,
  gen,
  disc_scan,
  disc_color,
  gan='lsgan',
  lambda_cycle=10.0,
  lambda_identity=5.0,
  noise=0.0,
  pool=50,
) -> Method:
  """CycleGAN.

  Args:
    scan, gen: nets of one kind, colouring -> scan and scan -> colouring; channels are set here.
    disc_scan, disc_color: config sections of the discriminators.
    gan: a name of losses/gan.py.
    lambda_cycle, lambda_identity: weights of the two L1 terms.
    noise: deviation of what is added to S(c), in [-1, 1], on its way back.
    pool: how many old fakes of each domain the discriminators are shown from.
  """
  adversary = gans.make(gan)
  tile = lambda scan: jnp.repeat(scan, 3, -1)
  scan = Net('scan', registry.net({**scan, 'out_channels': 1}))
  gen = Net('gen', registry.net({**gen, 'out_channels': 3}))
  disc_scan = Net('disc_scan', registry.net(disc_scan))
  disc_color = Net('disc_color', registry.net(disc_color))

  def forward(v, batch, key):
    s, c = batch['scan'], batch['rgb']

    def run(net, x, name):
      nonlocal v
      raw, v = net(v, x, key=fold_in(key, name))
      return jnp.tanh(raw)

    out = {'scan': run(scan, c, 'scan'), 'color': run(gen, s, 'color')}
    grain = noise * jax.random.normal(fold_in(key, 'noise'), s.shape)
    out['color_cycle'] = run(gen, out['scan'] + grain, 'color_cycle')
    out['scan_cycle'] = run(scan, out['color'], 'scan_cycle')
    out['scan_same'] = run(scan, tile(s), 'scan_same')
    out['color_same'] = run(gen, color.luma(c), 'color_same')
    return out, v

  def g_loss(v, out, batch, key, step):
    s, c = batch['scan'], batch['rgb']
    of_scan, v = gans.judge(disc_scan, v, out['scan'])
    of_color, v = gans.judge(disc_color, v, out['color'])
    terms = {
      'adv_scan': adversary.g(of_scan.logits),
      'adv_color': adversary.g(of_color.logits),
      'cycle': l1(out['color_cycle'], c) + l1(out['scan_cycle'], s),
      'identity': l1(out['scan_same'], s) + l1(out['color_same'], c),
    }
    loss = terms['adv_scan'] + terms['adv_color'] + lambda_cycle * terms['cycle']
    return loss + lambda_identity * terms['identity'], (v, terms)

  def d_loss(v, out, batch, key, step):
    losses, memory = {}, {}
    for domain, disc, real in (
      ('scan', disc_scan, batch['scan']),
      ('color', disc_color, batch['rgb']),
    ):
      fake, memory[domain] = pools.swap(v.memory[domain], out[domain], fold_in(key, domain))
      of_real, v = gans.judge(disc, v, real)
      of_fake, v = gans.judge(disc, v, fake)
      losses[domain] = adversary.d(of_real.logits, of_fake.logits)
    return sum(losses.values()), (v.replace(memory=memory), losses)

  def measure(v, batch, key):
    """The scans of colourings whose line art is known, beside their grey conversion."""
    truth, scans = 0.5 + 0.5 * batch['line'], {'grey': color.luma(batch['rgb'])}
    scans['scan'] = jnp.tanh(scan.infer(v, batch['rgb']))
    how = {'ink_f1': ink.f1, 'ink_psnr': ink.psnr}
    return {f'{k}/{m}': f(0.5 + 0.5 * x, truth) for k, x in scans.items() for m, f in how.items()}

  return Method(
    nets=(scan, gen, disc_scan, disc_color),
    forward=forward,
    turns=(
      (Player('g', ('scan', 'gen'), g_loss),),
      (Player('d', ('disc_scan', 'disc_color'), d_loss),),
    ),
    colorize=lambda v, batch, key=None: 0.5 + 0.5 * jnp.tanh(gen.infer(v, batch['line'])),
    exports=('scan', 'gen'),
    train_inputs=('scan', 'rgb'),
    multiple=gen.module.multiple,
    measure=measure,
    memory=lambda b: {d: pools.start(pool, b[k]) for d, k in (('scan', 'scan'), ('color', 'rgb'))},
  )
