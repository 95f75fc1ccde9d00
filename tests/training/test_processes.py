"""Two real processes train what one does (benchmarks/processes.py has all cases, and kills)."""

import os
import pathlib
import subprocess
import sys

import jax
import pytest

from benchmarks.processes import apart, numbers, state
from onepunch_jax.configs import pix2pix
from onepunch_jax.training import processes
from onepunch_jax.training.loop import train
from tests.conftest import ROOT

SMALL = {
  'method.gen.width': 4,
  'method.gen.depth': 2,
  'method.disc.width': 4,
  'optim.g.name': 'sgd',
  'optim.d.name': 'sgd',
  'evals.image.baselines': False,
  'eval_every': 0,
  'eval_batch_size': 8,
}


def test_two_processes_of_two_devices_equal_one_of_eight(tmp_path):
  option = f'smoke,size=16,batch={jax.device_count()}'
  flags = [f'--config.{k}={v}' for k, v in SMALL.items()]
  python = pathlib.Path(sys.executable).parent
  env = {
    **os.environ,
    'PATH': f'{python}:{os.environ["PATH"]}',
    'JAX_DISABLE_MOST_OPTIMIZATIONS': '1',
  }
  done = subprocess.run(
    [
      'launch/local.sh',
      '--processes=2',
      '--devices=2',
      '--restarts=0',
      '--',
      f'--config=configs/pix2pix.py:{option}',
      f'--workdir={tmp_path / "two"}',
      *flags,
      f'--config.compilation_cache={jax.config.jax_compilation_cache_dir or ""}',
    ],
    cwd=ROOT,
    env=env,
    capture_output=True,
    text=True,
    timeout=300,
  )
  assert done.returncode == 0, done.stderr
  config = pix2pix.get_config(option)
  config.update_from_flattened_dict(SMALL)
  assert not train(config, str(tmp_path / 'one')).stopped
  one, two = (tmp_path / name for name in ('one', 'two'))
  assert apart(state(one), state(two))[1] < 1
  assert apart(numbers(one), numbers(two))[1] < 10


def test_flags_that_contradict_each_other_say_so():
  with pytest.raises(ValueError, match='--num_processes and --process_id'):
    processes.join('auto', coordinator='localhost:1', num_processes=2, process_id=2)
