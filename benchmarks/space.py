"""A very large picture through a net, its height split over four devices (mesh `space`).

    python benchmarks/space.py [--height=4096] [--width=1024] [--channels=16] [--gradient]
    TPU_SKIP_MDS_QUERY=1 TPU_WORKER_HOSTNAMES=localhost python benchmarks/space.py \\
        --tpu=v5e:2x2 [...]

Prints how far the answer is from the unsplit one, on virtual CPU devices, and the memory for
activations that one device needs, from the compiler's own analysis, split and not: with the
convolutions of CPUs, which pad by hand, and with those that accelerators get, compiled for CPUs too
or, with --tpu, by the TPU's own compiler for that topology (it needs libtpu, but no TPU).

A quarter is not reached everywhere, because a convolution reads its part with the neighbours' rows
in one piece: XLA copies the part to have it so.  Where the peak is one layer's input and output, as
without gradients, that copy counts: a 32 MiB input, the copy and a 16 MiB output are 80 MiB, where
one device needs 256 (0.31; 0.38 with the convolutions of CPUs, which copy once more to pad).  With
gradients the peak is what all layers keep: 0.26 (and 0.38).  The TPU's compiler, without gradients:
1310 and 264 MiB on v5e:2x2, 0.20.
"""

import argparse
from collections.abc import Callable
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets import unet
from onepunch_jax.nets.blocks import conv_maps
from onepunch_jax.training import sharding


def compiled(net: nn.Module, height: int, width: int, devices: Any, gradient: bool = False):
  """The net (or its gradient) for one picture over `devices`, and how its arguments are placed."""
  key = jax.random.key(0)
  v = jax.eval_shape(lambda: net.init(key, jnp.ones((1, net.multiple, net.multiple, 1))))
  run = net.apply
  if gradient:
    run = jax.grad(lambda v, line: jnp.mean(net.apply(v, line) ** 2))
  mesh = sharding.make_mesh((('data', 1), ('space', len(devices))), devices)
  split, everywhere = sharding.batch_sharding(mesh, 4), sharding.replicated(mesh)
  how = dict(in_shardings=(everywhere, split), out_shardings=everywhere if gradient else split)
  line = jax.ShapeDtypeStruct((1, height, width, 1), jnp.float32)
  return jax.jit(run, **how).lower(v, line).compile(), (everywhere, split)


def activations(run: Callable):
  """Bytes that one device needs for them."""
  return run.memory_analysis().temp_size_in_bytes


def split_and_not(
  net: nn.Module, height: int, width: int, devices: Any = 4, gradient: bool = False
):
  """-> (the largest difference relative to the largest value, bytes unsplit, bytes of a device)."""
  key, results, memory = jax.random.key(0), [], []
  v = jax.jit(lambda: net.init(key, jnp.ones((1, net.multiple, net.multiple, 1))))()
  line = jax.random.uniform(key, (1, height, width, 1), minval=-1)
  for n in (1, devices):
    run, places = compiled(net, height, width, jax.devices()[:n], gradient)
    memory.append(activations(run))
    results.append(jax.device_get(run(*map(jax.device_put, (v, line), places))))
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
  parser.add_argument('--tpu', default='')
  options = parser.parse_args()
  jax.config.update('jax_num_cpu_devices', 4)
  net = unet.Model(width=options.channels, depth=options.depth)
  print(
    f'U-Net of width {options.channels}, {options.height} x {options.width} px, '
    f'{"forward and backward" if options.gradient else "forward"}, split over 4 devices:'
  )
  size = net, options.height, options.width

  def report(name, whole, part):
    print(
      f'  {name}: activations {whole / 2**20:.0f} MiB on one device, {part / 2**20:.0f} MiB on '
      f'each of four = {part / whole:.3f}',
      flush=True,
    )

  def memory(devices):
    return (activations(compiled(*size, devices[:n], options.gradient)[0]) for n in (1, 4))

  if options.tpu:
    from jax.experimental import topologies

    return report(options.tpu, *memory(topologies.get_topology_desc(options.tpu, 'tpu').devices))
  apart, *sizes = split_and_not(*size, gradient=options.gradient)
  report(f'{apart:.1e} apart; convolutions of CPUs', *sizes)
  conv_maps._pick = lambda fast, plain, a, b, win: plain(a, b, win)
  report('convolutions of accelerators, compiled for CPUs', *memory(jax.devices()))


if __name__ == '__main__':
  main()
