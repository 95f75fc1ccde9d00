"""launch/onepunch.sh: the chain of runs, with a stand-in for python3."""

import os
import pathlib
import signal
import stat
import subprocess
import sys
import time

import pytest

LAUNCHER = pathlib.Path(__file__).parents[2] / 'launch' / 'onepunch.sh'


STAND_IN = """#!{python}
import os, signal, sys, time
flags = dict(a.split('=', 1) for a in sys.argv if a.startswith('--') and '=' in a)
folder = flags.get('--workdir', flags.get('--output'))
with open(os.environ['CALLS'], 'a') as f:
  f.write(' '.join(sys.argv[1:]) + chr(10))
stopped = []
signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
for _ in range(int(os.environ.get('SLOW', '0')) * 100):
  time.sleep(0.01)
  if stopped: sys.exit(75)
os.makedirs(folder, exist_ok=True)
sys.exit(int(os.environ.get('FAILS', '') in folder and 'FAILS' in os.environ))
"""


@pytest.fixture
def launch(tmp_path):
  """Starts the launcher with a stand-in for python3 that records how it was called."""
  stand_in = tmp_path / 'bin' / 'python3'
  stand_in.parent.mkdir()
  stand_in.write_text(STAND_IN.format(python=sys.executable))
  stand_in.chmod(stand_in.stat().st_mode | stat.S_IEXEC)
  calls = tmp_path / 'calls'
  command = [
    str(LAUNCHER),
    f'--scans={tmp_path}/s',
    f'--colors={tmp_path}/c',
    f'--output={tmp_path}/out',
  ]

  def start(*more, **env):
    calls.write_text('')
    path = f'{stand_in.parent}{os.pathsep}{os.environ["PATH"]}'
    return subprocess.Popen(
      [*command, *more], env={**os.environ, **env, 'PATH': path, 'CALLS': str(calls)}
    )

  start.calls = lambda: [c.split() for c in calls.read_text().splitlines()]

  return start


def test_the_chain_hands_each_net_on(launch, tmp_path):
  assert launch('--', '--config.steps=7').wait() == 0
  data, scan, small, middle, large = launch.calls()
  assert data[:2] == ['-m', 'data_prep.unpaired']
  at = lambda name: f'{tmp_path}/out/{name}'
  domains = f'data={at("data/color")},unpaired={at("data/line")}'
  assert scan[2] == f'--config=configs/cyclegan.py:{domains}'
  assert f'--config.init_from.workdir={at("scan")}' in small and 'nets' not in ' '.join(small)
  assert f'--config.init_from.workdir={at("color64")}' in middle
  assert '--config.init_from.nets.gen=gen' in middle and 'size=128' in middle[2]
  assert f'--config.init_from.workdir={at("color128")}' in large and '--config.steps=7' in large
  assert launch().wait() == 0
  assert not launch.calls()  # all done


def test_the_chain_continues_after_an_error_and_after_a_signal(launch):
  assert launch(FAILS='color64').wait() == 1
  assert len(launch.calls()) == 3
  process = launch(SLOW='20')
  deadline = time.time() + 20
  while not launch.calls() and time.time() < deadline:
    time.sleep(0.05)
  time.sleep(0.3)
  process.send_signal(signal.SIGTERM)
  assert process.wait(timeout=20) == 75
  assert launch('--sizes=64').wait() == 0
  assert len(launch.calls()) == 1 and 'color64' in ' '.join(launch.calls()[0])


def test_the_launcher_says_what_is_missing(tmp_path):
  run = lambda *a: subprocess.run([str(LAUNCHER), *a], capture_output=True, text=True)
  assert '--colors is missing' in run(f'--scans={tmp_path}').stderr
  assert 'What is --scan=x' in run('--scan=x').stderr
