"""A very large picture through a net, its height split over four virtual devices (mesh `space`).

    python tests/benchmarks/space.py [--height=4096] [--width=1024] [--channels=16] [--gradient]

Prints how far the answer is from the unsplit one, and the memory for activations that one device
needs, from the compiler's own analysis, split and not.
"""

import argparse
import time

import jax
import jax.numpy as jnp

from onepunch_jax import sharding
from onepunch_jax.nets import unet


def split_and_not(net, height, width, devices=4, gradient=False):
  """-> (the largest difference relative to the largest value, bytes unsplit, bytes of a device)."""
  shape, key = (1, height, width, 1), jax.random.key(0)
  line = jax.random.uniform(key, shape, minval=-1)
  v = jax.jit(lambda: net.init(key, jnp.ones((1, net.multiple, net.multiple, 1))))()
  run = net.apply
  if gradient:
    run = jax.grad(lambda v, line: jnp.mean(net.apply(v, line) ** 2))
  results, memory = [], []
  for n in (1, devices):
    mesh = sharding.make_mesh((('data', 1), ('space', n)), jax.devices()[:n])
    split, everywhere = sharding.batch_sharding(mesh, 4), sharding.replicated(mesh)
    how = dict(out_shardings=everywhere if gradient else split)
    compiled = jax.jit(run, in_shardings=(everywhere, split), **how).lower(v, line).compile()
    memory.append(compiled.memory_analysis().temp_size_in_bytes)
    results.append(jax.device_get(compiled(jax.device_put(v, everywhere),
                                           jax.device_put(line, split))))  # fmt: skip
  pairs = list(zip(*map(jax.tree.leaves, results)))
  apart = max(abs(a - b).max() for a, b in pairs) / max(abs(a).max() for a, _ in pairs)
  return float(apart), *memory


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--height', type=int, default=4096)
  parser.add_argument('--width', type=int, default=1024)
  parser.add_argument('--channels', type=int, default=16)
  parser.add_argument('--depth', type=int, default=8)
  parser.add_argument('--gradient', action='store_true')
  given = parser.parse_args()
  jax.config.update('jax_num_cpu_devices', 4)
  clock = time.perf_counter()
  net = unet.Model(width=given.channels, depth=given.depth)
  apart, whole, part = split_and_not(net, given.height, given.width, gradient=given.gradient)
  print(f'U-Net of width {given.channels}, {given.height} x {given.width} px, '
        f'{"forward and backward" if given.gradient else "forward"}: split over 4 devices it is '
        f'{apart:.1e} apart; activations {whole / 2**20:.0f} MiB on one device, '
        f'{part / 2**20:.0f} MiB on each of four = {part / whole:.3f} '
        f'({time.perf_counter() - clock:.0f} s)')  # fmt: skip


if __name__ == '__main__':
  main()
