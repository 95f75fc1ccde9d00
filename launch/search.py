"""A sweep whose points Optuna chooses, each from what the ones before it found.

    pip install -e '.[optuna]'
    python -m launch.search --sweep=FILE --trials=20 [--output=runs/search] [--metric=...]

The file has `CONFIG`, as for launch.sweep, and `suggest(trial)`, which returns a point's settings:

    def suggest(trial):
      return {'optim.g.lr': trial.suggest_float('lr', 1e-5, 1e-3, log=True)}

Trials are kept in OUTPUT/optuna.db: the same command goes on, and a trial that was interrupted
continues from its checkpoint.  --metric is made as large as possible (--minimize: small).
"""

import importlib.util
import math
import os
import signal
import sys
from types import ModuleType

from absl import app, flags

from launch import results, sweep


def search(module: ModuleType, output: str, trials: int, metric: str, minimize: bool = False):
  """Runs trials until `trials` have ended; returns ({name: workdir}, {name: how it ended}).

  Args:
    module: has `CONFIG` and `suggest`.
    output: where the trials train.
    metric: of metrics.jsonl, its last value.
  """
  import optuna

  os.makedirs(output, exist_ok=True)
  states = optuna.trial.TrialState
  study = optuna.create_study(
    storage=f'sqlite:///{os.path.abspath(output)}/optuna.db',
    study_name='search',
    load_if_exists=True,
    direction='minimize' if minimize else 'maximize',
  )
  workdirs, ends = {}, {}
  interrupted = study.get_trials(states=(states.RUNNING,))
  left = [t for t in interrupted if 'settings' in t.user_attrs]
  while left or sum(t.state.is_finished() for t in study.trials) < trials:
    trial = left.pop(0) if left else study.ask()
    settings = trial.user_attrs.get('settings') or module.suggest(trial)
    if 'settings' not in trial.user_attrs:
      trial.set_user_attr('settings', settings)
    name = f'trial-{trial.number:03d}'
    point = sweep.Point(name, os.path.join(output, name), module.CONFIG, tuple(settings.items()))
    ends[name] = sweep.run(point)
    if ends[name] == 'stopped':
      break
    value = results.last(point.workdir, metric)
    failed = ends[name] == 'failed' or math.isnan(value)
    study.tell(trial.number, *([] if failed else [value]), state=states.FAIL if failed else None)
  for trial in study.trials:
    name = f'trial-{trial.number:03d}'
    workdirs[name] = os.path.join(output, name)
    ends.setdefault(name, trial.state.name.lower())
  return workdirs, ends


def main(_: list[str]):
  options = flags.FLAGS
  output = options.output or os.path.join('runs', 'search')
  spec = importlib.util.spec_from_file_location('search_file', options.sweep)
  module = importlib.util.module_from_spec(spec)
  spec.loader.exec_module(module)
  if not hasattr(module, 'suggest') or not hasattr(module, 'CONFIG'):
    sys.exit(f'{options.sweep} needs a CONFIG and a suggest(trial).')
  for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, sweep.stop)
  workdirs, ends = search(module, output, options.trials, options.metric, options.minimize)
  print(results.write(workdirs, ends, options.metric, output))
  sys.exit(75 if 'stopped' in ends.values() else 0)


if __name__ == '__main__':
  flags.DEFINE_string('sweep', None, 'The file with CONFIG and suggest(trial).', required=True)
  flags.DEFINE_string('output', '', 'Where the trials train; default: runs/search.')
  flags.DEFINE_integer('trials', 20, 'How many trials there shall be.', lower_bound=1)
  flags.DEFINE_string('metric', 'val/model/psnr_foreground', 'What is made as large as possible.')
  flags.DEFINE_bool('minimize', False, 'Make the metric small instead.')
  app.run(main)
