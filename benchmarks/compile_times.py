"""How long the first training step of each method waits for its compiler, cold and from the cache.

    python -m benchmarks.compile_times                                    # all methods, 256 px
    python -m benchmarks.compile_times --cases=region_tokens --options=overnight --size=128 --parts

Each row is of two processes one after the other with a compilation cache of their own, empty for
the first one: seconds to trace and lower the step (which each start pays), to compile it, of wall
time and of processor time, and to read it from the cache; and how large the program is, in
instructions before and after the compiler. `--parts` also compiles the pieces of a step one by one:
preparation, each net with its gradient, the whole gradient, the optimisers. `--flags` are
XLA_FLAGS.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence

ROOT = pathlib.Path(__file__).resolve().parents[1]
METHODS = 'pix2pix', 'pix2pixhd', 'zhang16', 'cyclegan', 'anyhint', 'region_tokens'


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
  parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
  parser.add_argument('--cases', default=','.join(METHODS), help='names of configurations')
  parser.add_argument('--size', type=int, default=256)
  parser.add_argument('--batch', type=int, default=1)
  parser.add_argument('--options', default='', help='of the configurations, as laptop')
  parser.add_argument('--parts', action='store_true')
  parser.add_argument('--flags', default='')
  parser.add_argument('--device', choices=('cpu', 'gpu'), default='cpu')
  parser.add_argument('--side', choices=('whole', 'parts'), help='what a process of a row does')
  return parser.parse_args(argv)


def timed(build: Callable, *args) -> dict:
  """Traces, lowers and compiles a jitted function -> seconds of each, processor seconds, sizes."""
  import jax

  from onepunch_jax.training import compiling

  clock = time.perf_counter()
  lowered = build.lower(*args)
  lower = time.perf_counter() - clock
  text = lowered.as_text()
  clock, cpu = time.perf_counter(), time.process_time()
  compiled = compiling.compile_step(lowered, jax.default_backend())
  return dict(
    lower=lower,
    compile=time.perf_counter() - clock,
    cpu=time.process_time() - cpu,
    before=text.count(' = '),
    after=compiled.as_text().count(' = '),
  )


def whole(args: argparse.Namespace) -> dict:
  """The times of a case's training step."""
  import jax

  from benchmarks.sides import ours

  init, train_step, data = ours.of_method(args.cases, args, args.batch)
  key = jax.random.key(0)
  state = jax.eval_shape(init, key)
  return timed(jax.jit(train_step, donate_argnums=0), state, data, key)


def parts(args: argparse.Namespace) -> dict[str, dict]:
  """{part: its times}."""
  import jax
  import jax.numpy as jnp

  from benchmarks.sides import ours
  from onepunch_jax import core

  method, txs, prepares, data = ours.configured(args.cases, args, args.batch)
  key, step = jax.random.key(0), jnp.zeros((), jnp.int32)
  found = {'prepare': timed(jax.jit(prepares), data, key, step)}
  prepared = jax.eval_shape(prepares, data, key, step)
  state = jax.eval_shape(lambda: core.init_state(method, txs, key, zeros(prepared)))
  calls = core._first_calls(method, zeros(prepared), key)
  for net in method.nets:
    found[f'net {net.name}'] = timed_net(net, state.variables, calls.args[net.name])
  for player in method.players:
    own = core._pick(state.variables.params, player.trains)
    found[f'optimiser of {player.name}'] = timed(
      jax.jit(txs[player.name].update), own, state.opt_state[player.name], own
    )
  return found


def timed_net(net, variables, args: tuple) -> dict:
  """The times of one net and its gradient."""
  import jax
  import jax.numpy as jnp

  arrays, join = split(args)

  def loss(params, arrays):
    v = variables.replace(params={net.name: params}, stats=zeros(variables.stats))
    out, _ = net(v, *join(arrays), key=jax.random.key(0))
    return sum(jnp.sum(x.astype(jnp.float32)) for x in jax.tree.leaves(out))

  return timed(jax.jit(jax.grad(loss)), variables.params[net.name], arrays)


def zeros(tree):
  """Arrays of zeros in place of shapes."""
  from onepunch_jax import core

  return core._zeros(tree)


def split(tree) -> tuple[list, Callable]:
  """The shapes in a tree of arguments, and what puts arrays back in their places."""
  import jax

  leaves, structure = jax.tree.flatten(tree)
  where = [hasattr(x, 'shape') for x in leaves]

  def join(arrays):
    left = iter(arrays)
    return structure.unflatten([next(left) if w else x for w, x in zip(where, leaves)])

  return [x for x, w in zip(leaves, where) if w], join


def run(args: argparse.Namespace, case: str, side: str, cache: str) -> dict:
  """What a process of a row finds."""
  command = [sys.executable, '-m', 'benchmarks.compile_times', *sys.argv[1:]]
  command += [f'--cases={case}', f'--side={side}']
  here = {**os.environ, 'JAX_COMPILATION_CACHE_DIR': cache}
  if args.flags:
    here['XLA_FLAGS'] = args.flags
  done = subprocess.run(command, capture_output=True, text=True, env=here, cwd=ROOT)
  if done.returncode:
    raise SystemExit(f'{case} failed:\n{done.stderr}')
  return json.loads(done.stdout.splitlines()[-1])


def row(name: str, cold: dict, warm: dict | None = None) -> str:
  """A row of the table."""
  cached = f'{warm["compile"]:.1f}' if warm else ''
  return (
    f'| {name} | {cold["lower"]:.1f} | {cold["compile"]:.1f} | {cold["cpu"]:.1f} | {cached} | '
    f'{cold["before"]} | {cold["after"]} |'
  )


def main() -> None:
  args = parse()
  if args.side:
    print(json.dumps(whole(args) if args.side == 'whole' else parts(args)))
    return
  print('| step | lower, s | compile, s | processor, s | cached, s | operations | compiled |')
  print('|---|---|---|---|---|---|---|')
  for case in args.cases.split(','):
    with tempfile.TemporaryDirectory() as cache:
      cold, warm = (run(args, case, 'whole', cache) for _ in range(2))
    print(row(case, cold, warm), flush=True)
    if args.parts:
      with tempfile.TemporaryDirectory() as cache:
        for name, found in run(args, case, 'parts', cache).items():
          print(row(f'{case}: {name}', found), flush=True)


if __name__ == '__main__':
  main()
