"""Does a learned scan generator earn its place?  One colorizer, trained from four kinds of lines.

    python -m launch.experiments.scan_generator --output=runs/scan_experiment \\
        --sources=synthetic,openmoji=PATH,faces=PATH

The same net, budget and colourings; what it learns from differs:

    grey   the grey conversion of the colouring        xdog   XDoG lines of the colouring
    scan   what a scan generator makes of it, trained on unpaired scans and colourings
    true   the true line art, which the others never see with its colours: the ceiling

All are measured on true held-out line art.  Writes report.md, report.json and pictures; a run that
is stopped continues where it was.  Twelve trainings and three scan generators by default.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np
from absl import app, flags
from ml_collections import ConfigDict

from launch.experiments import broken_pairs, scan_report
from onepunch_jax.configs import cyclegan, onepunch
from onepunch_jax.data import pipeline
from onepunch_jax.data.batch import cast
from onepunch_jax.log import log, show_log
from onepunch_jax.metrics import image, ink
from onepunch_jax.ops import color
from onepunch_jax.prepare import lines
from onepunch_jax.training.loop import train
from onepunch_jax.training.processes import STOPPED
from onepunch_jax.weights.runs import load_for_inference

CONDITIONS = ('grey', 'xdog', 'scan', 'true')
SHARED = dict(eval_every=0, save_every=500, log_every=50, ema_decay=0.99, keep=1, best='')


def scan_config(data: str, options: Any, seed: int):
  """The unpaired stage: the laptop's CycleGAN."""
  config = cyclegan.get_config(f'laptop,size={options.size},batch={options.batch},seed={seed}')
  config.update(
    dict(SHARED, steps=options.scan_steps, evals=dict(samples=dict(count=8, columns=2)))
  )
  config.data.update(path=os.path.join(data, 'colors'), unpaired=os.path.join(data, 'scans'))
  config.method.update(noise=options.noise)
  if options.tiny:
    _shrink(config, 'scan', 'gen', 'disc_scan', 'disc_color')
  return config


def color_config(data: str, options: Any, seed: int, condition: str, scan: str):
  """The colour stage from one kind of lines; everything else is the same."""
  config = onepunch.get_config(f'laptop,size={options.size},batch={options.batch},seed={seed}')
  config.update(dict(SHARED, steps=options.steps, evals=dict(samples=dict(count=8, columns=2))))
  config.data.path = os.path.join(data, 'colors')
  config.method.enc.norm = 'instance'  # batch statistics of one kind of lines are not another's
  if options.tiny:
    _shrink(config, 'enc', 'scan', 'disc')
  if condition == 'scan':
    config.method.source = 'scan'
    config.init_from.workdir = scan
  elif condition == 'xdog':
    config.prepare.lines = dict(styles=('xdog',), noise=0.0, augment=(), keep=0.0)
    config.prepare.order = (*config.prepare.order, 'lines')
  elif condition == 'grey':
    config.prepare.grey = dict(kind='luma')
    config.prepare.order = (*config.prepare.order, 'grey')
  return config


def _shrink(config, *nets):
  for net in nets:
    section = config.method[net]
    section.width = 8
    if 'blocks' in section:
      section.blocks = 1
    if 'stages' in section:
      section.stages = (1, 1)


def run(config: ConfigDict, workdir: str):
  """Trains, unless that was done; leaves the program when training was stopped."""
  done = os.path.join(workdir, 'done')
  if os.path.exists(done):
    return
  log.info('-- %s', workdir)
  if train(config, workdir).stopped:
    sys.exit(STOPPED)
  jax.clear_caches()
  with open(done, 'w', encoding='utf-8') as f:
    f.write('')


def held_out(config: ConfigDict):
  """Cast batches of the held-out drawings, with their true line art."""
  data = config.data.copy_and_resolve_references()
  data.update(train_keys=('line', 'rgb'), eval_keys=(), unpaired='')
  pictures = pipeline.evaluation(data, 'val', batch_size=20)
  order = np.random.default_rng(0).permutation(len(pictures.source))
  names = [pictures.source[int(i)]['key'].split('-')[0] for i in order[: len(pictures)]]
  return names, [jax.tree.map(np.asarray, cast(batch)) for batch in pictures]


def measure(workdir: str, batches: Sequence[Mapping]):
  """Per-picture metrics of a colorizer: {metric: [pictures]}, kept in workdir/held_out.json."""
  path = os.path.join(workdir, 'held_out.json')
  if not os.path.exists(path):
    method, variables, _ = load_for_inference(workdir)
    compare = jax.jit(lambda v, b: image.compare(method.colorize(v, b, jax.random.key(0)), b))
    found = [_valid(compare(variables, batch), batch) for batch in batches]
    scan_report.write_json(
      path,
      {
        k: np.concatenate([f[k] for f in found]).tolist()
        for k in ('psnr', 'psnr_foreground', 'de00', 'colorful')
      },
    )
  with open(path, encoding='utf-8') as f:
    return {k: np.asarray(x) for k, x in json.load(f).items()}


def scanner(workdir: str):
  """rgb [B, H, W, 3] in [-1, 1] -> the scan generator's line art in [0, 1]."""
  method, variables, _ = load_for_inference(workdir)
  net = next(net for net in method.nets if net.name == 'scan')
  return jax.jit(lambda rgb: 0.5 + 0.5 * jax.numpy.tanh(net.infer(variables, rgb)))


def extractors(scans: Sequence[str]):
  """Each way to get line art from a colouring: {name: [functions of rgb in [-1, 1]]}."""
  key, styles = jax.random.key(0), ('xdog',)
  return {
    'grey': [lambda rgb: color.luma(0.5 + 0.5 * rgb)],
    'xdog': [jax.jit(lambda rgb: lines.extract(0.5 + 0.5 * rgb, key, styles))],
    'scan': [scanner(workdir) for workdir in scans],
  }


def measure_scans(extract: Mapping[str, Sequence[Callable]], batches: Sequence[Mapping]):
  """{name: {metric: [runs, pictures]}} of line art against the true one."""
  how, found = {'ink_f1': jax.jit(ink.f1), 'ink_psnr': jax.jit(ink.psnr)}, {}
  truth = [0.5 + 0.5 * batch['line'] for batch in batches]
  for name, functions in extract.items():
    made = [[f(b['rgb']) for b in batches] for f in functions]
    found[name] = {
      metric: np.array(
        [
          np.concatenate([_valid({0: m(x, t)}, b)[0] for x, t, b in zip(xs, truth, batches)])
          for xs in made
        ]
      )
      for metric, m in how.items()
    }
  return found


def _valid(metrics, batch):
  return {k: np.asarray(x)[batch['valid'] > 0] for k, x in metrics.items()}


def experiment(options: Any):
  sources = dict(s.partition('=')[::2] if '=' in s else (s, s) for s in options.sources)
  data = os.path.join(options.output, 'data')
  broken_pairs.make(
    data, sources, size=options.size, count=options.count, held_out=options.held_out
  )

  def at(name, seed):
    return os.path.join(options.output, f'{name}_{seed}')

  seeds = range(options.seeds)
  for seed in seeds:  # a seed at a time, so that early numbers compare all four
    if 'scan' in options.conditions:
      run(scan_config(data, options, seed), at('cyclegan', seed))
    for name in options.conditions:
      run(color_config(data, options, seed, name, at('cyclegan', seed)), at(name, seed))
  names, batches = held_out(color_config(data, options, 0, 'true', ''))
  results = {name: [measure(at(name, s), batches) for s in seeds] for name in options.conditions}
  stack = {
    name: {k: np.stack([r[k] for r in runs]) for k in runs[0]} for name, runs in results.items()
  }
  scans = [at('cyclegan', s) for s in seeds] if 'scan' in options.conditions else []
  extract = {k: f for k, f in extractors(scans).items() if f}
  painters = {name: load_for_inference(at(name, 0))[:2] for name in options.conditions}
  text = scan_report.write(
    options, names, batches, stack, measure_scans(extract, batches), extract, painters
  )
  print(text)


def define_flags():
  flags.DEFINE_string('output', None, 'Where runs and the report go.', required=True)
  flags.DEFINE_list('sources', ['synthetic'], "'synthetic' and NAME=FOLDER of pairs.")
  flags.DEFINE_list('conditions', list(CONDITIONS), 'Which of them.')
  flags.DEFINE_integer('size', 64, 'Side of the pictures.')
  flags.DEFINE_integer('count', 1500, 'Drawings that `synthetic` gives to each side.')
  flags.DEFINE_integer('held_out', 100, 'Held-out drawings of each source, at most.')
  flags.DEFINE_integer('seeds', 3, 'How many.')
  flags.DEFINE_integer('batch', 8, 'Pictures in a step.')
  flags.DEFINE_integer('scan_steps', 3000, 'Steps of the unpaired stage.')
  flags.DEFINE_integer('steps', 3000, 'Steps of each colorizer.')
  flags.DEFINE_float('noise', 0.0, "The unpaired stage's noise on generated scans.")
  flags.DEFINE_bool('tiny', False, 'Tiny nets: to see that all of it runs.')


def main(_: list[str]):
  show_log()
  cache = os.path.expanduser(cyclegan.get_config().compilation_cache)
  jax.config.update('jax_compilation_cache_dir', cache)
  jax.config.update('jax_persistent_cache_min_compile_time_secs', 1.0)
  unknown = set(flags.FLAGS.conditions) - set(CONDITIONS)
  if unknown:
    sys.exit(f'--conditions are of {CONDITIONS}, not {sorted(unknown)}.')
  experiment(flags.FLAGS)


if __name__ == '__main__':
  define_flags()
  app.run(main)
