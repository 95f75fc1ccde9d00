"""CycleGAN (Zhu et al. 2017) between unpaired scans and colourings: OnePunchGAN's first stage.

s is a scan, c a colouring of another drawing, S: c -> s the scan generator, G: s -> c.

    D: min  E (D_s(s) - 1)^2 + D_s(S(c))^2,  the same of D_c, c, G(s); halved, fakes from a pool
    G: min  E (D_s(S(c)) - 1)^2 + (D_c(G(s)) - 1)^2
            + lambda_cycle    (E |G(S(c)) - c| + E |S(G(s)) - s|)
            + lambda_identity (E |S(s) - s| + E |G(grey(c)) - c|)

The aim is S, which makes the pairs of methods/onepunch. The cycle term lets S hide colours in faint
tones that D_s overlooks; `noise`, added to S(c) before it is coloured again, drowns them
(Bashkirova et al. 2019).
"""

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section, fold_in
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses import pool as pools
from onepunch_jax.losses.pixel import l1
from onepunch_jax.metrics import ink
from onepunch_jax.ops import color


def make(
  *,
  scan: Section,
  gen: Section,
  disc_scan: Section,
  disc_color: Section,
  gan: gans.Name = 'lsgan',
  lambda_cycle: float = 10.0,
  lambda_identity: float = 5.0,
  noise: float = 0.0,
  pool: int = 50,
) -> Method:
  """CycleGAN.

  Args:
    scan, gen: the nets colouring -> scan and scan -> colouring; their `out_channels` are set here.
    disc_scan, disc_color: the discriminators of scans and of colourings.
    gan: a name of losses/gan.
    lambda_cycle, lambda_identity: weights of the two L1 terms.
    noise: standard deviation of the noise that is added to S(c), in [-1, 1], before G.
    pool: how many old fakes of each domain are kept for the discriminators.
  """
  adversary = gans.make(gan)
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
    out['scan_same'] = run(scan, jnp.repeat(s, 3, -1), 'scan_same')
    out['color_same'] = run(gen, color.luma(c), 'color_same')
    return out, v

  def g_loss(v, out, batch, key, step):
    s, c = batch['scan'], batch['rgb']
    of_scan, v = gans.judge(disc_scan, v, out['scan'])
    of_color, v = gans.judge(disc_color, v, out['color'])
    metrics = {
      'adv_scan': adversary.g(of_scan.logits),
      'adv_color': adversary.g(of_color.logits),
      'cycle': l1(out['color_cycle'], c) + l1(out['scan_cycle'], s),
      'identity': l1(out['scan_same'], s) + l1(out['color_same'], c),
    }
    loss = metrics['adv_scan'] + metrics['adv_color'] + lambda_cycle * metrics['cycle']
    return loss + lambda_identity * metrics['identity'], (v, metrics)

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

  def colorize(v, batch, key=None):
    return color.from_unit(jnp.tanh(gen.infer(v, batch['line'])))

  def measure(v, batch, key):
    """Compares scans of colourings, and their grey conversion, with the line art of the data."""
    truth = color.from_unit(batch['line'])
    scans = {'grey': color.luma(batch['rgb']), 'scan': jnp.tanh(scan.infer(v, batch['rgb']))}
    metrics = {'ink_f1': ink.f1, 'ink_psnr': ink.psnr}
    return {
      f'{row}/{name}': metric(color.from_unit(x), truth)
      for row, x in scans.items()
      for name, metric in metrics.items()
    }

  def memory(batch):
    """An empty pool of fakes for each domain."""
    return {'scan': pools.start(pool, batch['scan']), 'color': pools.start(pool, batch['rgb'])}

  return Method(
    nets=(scan, gen, disc_scan, disc_color),
    forward=forward,
    turns=(
      (Player('g', ('scan', 'gen'), g_loss),),
      (Player('d', ('disc_scan', 'disc_color'), d_loss),),
    ),
    colorize=colorize,
    exports=('scan', 'gen'),
    train_inputs=('scan', 'rgb'),
    multiple=gen.module.multiple,
    measure=measure,
    memory=memory,
  )
