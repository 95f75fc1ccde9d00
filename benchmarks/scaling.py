"""What a training step computes and moves, counted in the compiled step; what that means at scale.

    python benchmarks/scaling.py [--configs=pix2pix,pix2pixhd,onepunch] [--size=256]

Each config's step is compiled for two devices with one and with two pictures each, so that what
goes with the batch and what does not can be told apart.  Counted are floating-point operations and
bytes of one device (the compiler's cost analysis; float32), and the bytes of every collective in
the compiled program.  From these and the vendors' numbers below follow, for each kind of chip, the
batch from which compute and not the all-reduce is the longer, and the efficiency at 8, 64 and 256
chips with the all-reduce wholly exposed and at MFU.  docs/scaling.md says what it means.
"""

import argparse
import importlib
import os
import re
import sys
from collections.abc import Mapping

import jax
import jax.numpy as jnp
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..'))
from onepunch_jax import core, prepare, registry
from onepunch_jax.data import batch as batches
from onepunch_jax.training import sharding
from onepunch_jax.training.loop import make_optimisers

MFU = 0.4  # the share of the peak that convolutional GANs reach where batches are large enough
# bf16 operations/s, HBM bytes/s, all-reduce bytes/s of a chip in its fast domain, size of that
# domain, bytes/s beyond it; where each is published is in docs/scaling.md
CHIPS = {
  'TPU v5e': (197e12, 819e9, 100e9, 256, None),
  'TPU v6e': (918e12, 1600e9, 200e9, 256, None),
  'H200': (989e12, 4800e9, 450e9, 8, 50e9),
}
BYTES = {'f32': 4, 'bf16': 2, 's32': 4, 'u32': 4, 'pred': 1, 'u8': 1, 'f64': 8, 's64': 8}


def compiled(name: str, size: int, each: int, devices: int = 2):
  """The train step of configs/<name>.py, `each` pictures a device, and its pieces."""
  config = importlib.import_module(f'onepunch_jax.configs.{name}').get_config(f'size={size}')
  config.batch_size = each * devices
  method = registry.method(config.method)
  txs, prepares = make_optimisers(config, method), prepare.make(config.prepare)
  data = config.data
  raw = batches.fake(data.train_keys, config.batch_size, data.load_size, data.tags)
  mesh = sharding.make_mesh((('data', devices),), jax.devices()[:devices])
  key = jax.random.key(0)

  def init(key):
    return core.init_state(method, txs, key, prepares(jax.tree.map(jnp.asarray, raw), key, 0))

  shapes = jax.eval_shape(init, key)
  everywhere = sharding.replicated(mesh)
  split = jax.tree.map(lambda x: sharding.batch_sharding(mesh, x.ndim), raw)
  step = jax.jit(
    core.make_train_step(method, txs, prepares),
    donate_argnums=0,
    in_shardings=(everywhere, split, everywhere),
    out_shardings=everywhere,
  )
  raw_shapes = jax.tree.map(lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype), raw)
  return step.lower(shapes, raw_shapes, key).compile(), shapes, raw


def collectives(text: str):
  """Bytes that the collectives of a compiled program make, by kind."""
  found = {}
  ops = re.finditer(
    r'= (\S.*?) (all-reduce|all-gather|reduce-scatter|all-to-all|'
    r'collective-permute)(?:-start)?\(',
    text,
  )
  for op in ops:
    for kind, shape in re.findall(r'(\w+)\[([\d,]*)\]', op.group(1)):
      size = BYTES.get(kind, 4) * int(np.prod([int(n) for n in shape.split(',') if n]))
      found[op.group(2)] = found.get(op.group(2), 0) + size
  return found


def count(name: str, size: int):
  """-> dict of counts: `flops` and `bytes` of a picture, `fixed` bytes, all-reduced bytes ..."""
  rows = []
  for each in (1, 2):
    program, shapes, raw = compiled(name, size, each)
    cost = program.cost_analysis()
    rows.append((cost['flops'], cost['bytes accessed'], collectives(program.as_text())))
  parameters = sum(x.size for x in jax.tree.leaves(shapes.variables.params))
  moments = sum(x.size for x in jax.tree.leaves(shapes.opt_state))
  (f1, b1, moved), (f2, b2, more) = rows
  return dict(
    name=name,
    parameters=parameters,
    trained=moments // 2,
    flops=f2 - f1,
    fixed_flops=2 * f1 - f2,
    bytes=b2 - b1,
    fixed_bytes=2 * b1 - b2,
    moved=sum(moved.values()),
    kinds=moved,
    moved_more=sum(more.values()) - sum(moved.values()),
    input=sum(np.asarray(x).nbytes for x in jax.tree.leaves(raw)) / 4,
  )


def seconds(found: Mapping[str, float], chip: str, each: int, chips: int):
  """(compute, HBM, all-reduce) seconds of a step with `each` pictures a chip, in bfloat16."""
  peak, hbm, fast, domain, slow = CHIPS[chip]
  compute = (found['flops'] * each + found['fixed_flops']) / (MFU * peak)
  memory = (found['bytes'] * each / 2 + found['fixed_bytes']) / hbm  # activations are halved

  def ring(n, speed):
    return 2 * (n - 1) / n * found['moved'] / speed if n > 1 else 0.0

  reduce = ring(min(chips, domain), fast)
  if slow and chips > domain:  # within the nodes, then every chip's share between them
    reduce += ring(chips // domain, slow * domain)
  return compute, memory, reduce


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--configs', default='pix2pix,pix2pixhd,onepunch')
  parser.add_argument('--size', type=int, default=256)
  options = parser.parse_args()
  jax.config.update('jax_num_cpu_devices', 2)
  jax.config.update('jax_disable_most_optimizations', True)  # of machine code; counts stay
  found = []
  print(
    '| step | parameters, trained | GFLOP a picture | GB a picture | GB a step besides | '
    'collectives a step | input a picture |\n|---|---|---|---|---|---|---|'
  )
  for name in options.configs.split(','):
    c = count(name, options.size)
    found.append(c)
    kinds = ', '.join(f'{k} {v / 2**20:.0f} MiB' for k, v in c['kinds'].items())
    print(
      f'| {name} | {c["parameters"] / 1e6:.1f} M, {c["trained"] / 1e6:.1f} M | '
      f'{c["flops"] / 1e9:.0f} | {c["bytes"] / 1e9:.2f} | {c["fixed_bytes"] / 1e9:.2f} | '
      f'{kinds} | {c["input"] / 1e3:.0f} kB |',
      flush=True,
    )
  print(
    '\n| step | chip | bound by, batch 1 / 16 a chip | batch a chip at which the rest is as '
    'long as the all-reduce, 8 / 256 chips | efficiency at 8 / 64 / 256 chips, batch 1 | '
    'batch 16 | pictures/s a chip at batch 16 |\n|---|---|---|---|---|---|---|'
  )
  for c in found:
    for chip in CHIPS:
      names = ('compute', 'HBM', 'all-reduce')
      bound = [max(zip(seconds(c, chip, b, 8), names))[1] for b in (1, 16)]
      even = [
        next(
          b
          for b in range(1, 10_000)
          if max(seconds(c, chip, b, n)[:2]) >= seconds(c, chip, b, n)[2]
        )
        for n in (8, 256)
      ]

      def share(b, n, c=c, chip=chip):
        return (lambda a, m, r: max(a, m) / (max(a, m) + r))(*seconds(c, chip, b, n))

      shares = [' / '.join(f'{share(b, n):.0%}' for n in (8, 64, 256)) for b in (1, 16)]
      rate = 16 / max(seconds(c, chip, 16, 1)[:2])
      print(
        f'| {c["name"]} | {chip} | {bound[0]} / {bound[1]} | {even[0]} / {even[1]} | '
        f'{shares[0]} | {shares[1]} | {rate:.0f} |'
      )


if __name__ == '__main__':
  main()
