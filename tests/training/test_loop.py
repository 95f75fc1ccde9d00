"""Runs from start to end: nothing is lost, nothing goes on after a NaN, checkpoints are usable."""

import json
import re
import shutil
import signal
import time

import jax
import numpy as np
import pytest

from onepunch_jax import evaluate
from onepunch_jax.configs import pix2pix
from onepunch_jax.reports import compare
from onepunch_jax.training import setup
from onepunch_jax.training.checkpoint import Checkpoints
from onepunch_jax.training.loop import train
from onepunch_jax.training.processes import STOPPED
from onepunch_jax.weights.runs import load_config, load_for_inference
from tests import forked


def config(measured=False, **changes):
  """Six steps; without `measured` no evaluation, which takes longer to compile than they do."""
  c = pix2pix.get_config(f'smoke,batch={jax.device_count()}')
  c.method.gen.depth = 2
  if not measured:
    c.evals, c.best = {}, ''
  c.update(dict(steps=6, eval_every=0, save_every=2))
  c.update(changes)
  return c


def parameters(workdir):
  _, v, _ = load_for_inference(str(workdir))
  return jax.tree.map(np.asarray, (v.params, v.stats))


def assert_same(a, b):
  for x, y in zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True):
    np.testing.assert_array_equal(x, y)


@pytest.fixture(scope='module')
def whole_run(tmp_path_factory):
  """A run that was never stopped."""
  workdir = tmp_path_factory.mktemp('whole')
  assert not train(config(measured=True), str(workdir)).stopped
  return workdir


class _AskedAt:
  """Stands in for SIGTERM: asks the loop to stop when it looks for the n-th time."""

  def __init__(self, n):
    self.left = n

  def asked(self, step):
    self.left -= 1
    return self.left < 0

  def restore(self):
    pass


def test_a_stopped_run_ends_like_one_that_was_not(whole_run, tmp_path, monkeypatch):
  with monkeypatch.context() as m:
    m.setattr('onepunch_jax.training.loop.StopSignal', lambda: _AskedAt(4))
    assert train(config(), str(tmp_path)).stopped
  stopped = Checkpoints(str(tmp_path)).latest
  assert stopped not in (None, 6)
  assert not train(config(), str(tmp_path)).stopped
  assert_same(parameters(tmp_path), parameters(whole_run))
  rows = [json.loads(r) for r in (tmp_path / 'metrics.jsonl').read_text().splitlines()]
  steps = [r['step'] for r in rows if 'g/loss' in r]
  assert steps == [1, 2, 3, 4, 5, 6]
  losses = lambda d: [
    r['g/loss'] for r in map(json.loads, (d / 'metrics.jsonl').open()) if 'g/loss' in r
  ]
  assert losses(tmp_path) == losses(whole_run)


def test_a_finished_run_is_left_as_it_is(whole_run):
  before = parameters(whole_run)
  assert not train(config(measured=True), str(whole_run)).stopped
  assert_same(parameters(whole_run), before)


def test_another_configuration_is_refused(whole_run):
  changed = config(measured=True, seed=1)
  changed.method.lambda_l1 = 7.0
  with pytest.raises(ValueError) as refusal:
    train(changed, str(whole_run))
  assert 'method.lambda_l1: 100.0 there, 7.0 here' in str(refusal.value)
  assert 'seed: 0 there, 1 here' in str(refusal.value)
  more = config(measured=True, log_every=2, keep=3)  # changes nothing learned
  assert not train(more, str(whole_run)).stopped


def test_a_nan_stops_the_run_and_spares_the_checkpoint(tmp_path):
  broken = config(eval_every=0, save_every=1)
  broken.optim.g.update(dict(lr=1e30, schedule='constant'))
  with pytest.raises(FloatingPointError, match=r'\w/\w+ is -?(nan|inf)\b.* at step \d') as stop:
    train(broken, str(tmp_path))
  good = int(re.search(r'is of step (\d+)', str(stop.value)).group(1))
  assert good == Checkpoints(str(tmp_path)).latest
  assert all(np.isfinite(x).all() for x in jax.tree.leaves(parameters(tmp_path)))


def test_an_evaluation_that_fails_spares_what_was_learned(tmp_path, monkeypatch):
  def fails(*_):
    raise ValueError('of the report')

  monkeypatch.setattr('onepunch_jax.evals.run', fails)
  with pytest.raises(ValueError, match='of the report'):
    train(config(save_every=5), str(tmp_path))
  assert Checkpoints(str(tmp_path)).latest == 6


def test_the_best_checkpoint_stays(tmp_path):
  run = config(measured=True, steps=8, eval_every=2, save_every=2, keep=1)
  train(run, str(tmp_path))
  rows = [json.loads(r) for r in (tmp_path / 'metrics.jsonl').read_text().splitlines()]
  scores = {r['step']: r[run.best] for r in rows if run.best in r}
  best = max(scores, key=scores.get)
  kept = {int(p.name) for p in (tmp_path / 'checkpoints').iterdir() if p.name.isdigit()}
  assert kept == {8, best}
  load_for_inference(str(tmp_path), 'best')
  with pytest.raises(ValueError, match='there are'):
    load_for_inference(str(tmp_path), 1)


def test_a_killed_process_resumes_bitwise(tmp_path):
  """SIGKILL in the middle, then SIGTERM, then to the end; as the command line does it."""
  start = lambda workdir: forked.Command(
    'onepunch_jax.main',
    '--config=configs/pix2pix.py:smoke,steps=60',
    '--config.method.gen.depth=2',
    f'--workdir={workdir}',
    '--config.eval_every=0',
    '--config.save_every=5',
    '--config.log_every=1',
  )

  def signal_at(workdir, step, number):
    process = start(workdir)
    deadline = time.time() + 600
    lines = workdir / 'metrics.jsonl'
    while time.time() < deadline and process.poll() is None:
      if lines.exists() and f'"step": {step},' in lines.read_text():
        process.send_signal(number)
        break
      time.sleep(0.02)
    process.communicate(timeout=600)
    return process.returncode

  killed, unbroken = tmp_path / 'killed', tmp_path / 'unbroken'
  assert signal_at(killed, 12, signal.SIGKILL) == -signal.SIGKILL
  assert signal_at(killed, 30, signal.SIGTERM) == STOPPED
  for workdir in (killed, unbroken):
    process = start(workdir)
    _, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors
  assert_same(parameters(killed), parameters(unbroken))


def test_nets_of_another_run_are_taken(whole_run, tmp_path):
  run = config(steps=2, save_every=2)
  run.init_from.workdir = str(whole_run)
  run.init_from.nets = dict(gen='gen')
  run.optim.g.lr = 0.0
  assert not train(run, str(tmp_path)).stopped
  assert_same(parameters(tmp_path), parameters(whole_run))
  run.init_from.nets = dict(gen='generator')
  with pytest.raises(ValueError, match=r"no net \['generator'\]; it has \['disc', 'gen'\]"):
    train(run, str(tmp_path / 'other'))
  run.init_from.nets = dict(disc='gen')
  with pytest.raises(ValueError, match='another shape'):
    train(run, str(tmp_path / 'another'))


def test_a_grown_net_keeps_what_the_run_has_and_starts_the_rest():
  fresh = {'old': {'kernel': np.ones(2)}, 'new': {'bias': np.zeros(3)}}
  grown = setup._grown({'old': {'kernel': np.full(2, 5.0)}}, fresh)
  np.testing.assert_array_equal(grown['old']['kernel'], 5.0)
  np.testing.assert_array_equal(grown['new']['bias'], 0.0)
  other = setup._grown({'old': {'kernel': np.ones(7)}}, fresh)  # the check of shapes refuses it
  assert other['old']['kernel'].shape == (7,)


def test_evaluate_writes_a_report(whole_run, tmp_path):
  results = evaluate.evaluate(str(whole_run), limit=3, batch_size=2, more=['vividness'])
  assert 0 < results['model/chroma_ratio'] < 2
  text = evaluate.write_report(results, str(tmp_path))
  assert 'line as output' in text and '(N = 3)' in text
  report = json.loads((tmp_path / 'report.json').read_text())
  assert report['pictures'] == 3 and np.isfinite(report['model/psnr_foreground'])
  assert (tmp_path / 'report.md').exists() and (tmp_path / 'samples.png').exists()


def test_runs_in_one_table(whole_run, tmp_path):
  lines = compare.compare(str(whole_run), measure=None).splitlines()
  assert lines[0].startswith('synthetic, val; ') and lines[-1].startswith(f'| {whole_run.name} ')
  assert [line.split('|')[1].strip() for line in lines[4:6]] == ['line as output', 'mean colour']
  assert len({line.count('|') for line in lines[2:]}) == 1
  with pytest.raises(ValueError, match='no run'):
    compare.compare(str(tmp_path), measure=None)


def test_a_run_of_several_data_is_in_the_table_of_each(whole_run, tmp_path):
  folder = tmp_path / 'sweep' / 'mine-fast_zoo_data=synthetic+x'
  shutil.copytree(whole_run, folder)
  config = json.loads((folder / 'config.json').read_text())
  config['data']['path'] = 'synthetic+x'
  (folder / 'config.json').write_text(json.dumps(config))
  asked = []

  def measure(workdir, data):
    asked.append(data)
    return {'line/psnr': 1.0, 'model/psnr': 2.0, 'model/points_10': float(len(asked))}

  one, two = compare.compare(str(tmp_path), measure).split('\n\nx, val')
  assert asked == ['synthetic', 'x'] and one.startswith('synthetic, val')
  rows = [[c.strip() for c in part.splitlines()[-1].split('|')[1:]] for part in (one, two)]
  assert [(r[0], r[1], r[6]) for r in rows] == [('mine-fast', '2.00', f'{i}.00') for i in (1, 2)]


def test_what_was_measured_is_read_again(whole_run, tmp_path, monkeypatch):
  run = str(shutil.copytree(whole_run, tmp_path / 'run'))
  first = evaluate.measured(run, 'synthetic', limit=2, batch_size=2)
  monkeypatch.setattr(evaluate, 'evaluate', None)
  assert evaluate.measured(run, 'synthetic') == first and first['pictures'] == 2


def test_a_folder_that_is_no_run_says_so(tmp_path):
  with pytest.raises(ValueError, match='is no run'):
    load_config(str(tmp_path))


def test_trains_on_real_pairs(pairs_folder, tmp_path):
  run = pix2pix.get_config(f'smoke,data={pairs_folder},batch={jax.device_count()}')
  assert not train(run, str(tmp_path)).stopped


def test_a_finished_run_goes_on_only_where_that_is_wanted(tmp_path):
  first = train(config(), str(tmp_path))
  more = config(steps=first.step + 2)
  with pytest.raises(ValueError, match='--extend'):
    train(more, str(tmp_path))
  assert train(more, str(tmp_path), extend=True).step == first.step + 2
  with pytest.raises(ValueError, match='steps'):
    train(config(), str(tmp_path), extend=True)  # fewer are no extension


def test_parameters_need_not_be_averaged(tmp_path):
  without = config()
  without.update(dict(ema_decay=0.0, eval_every=0))
  train(without, str(tmp_path))
  loaded = load_for_inference(str(tmp_path))
  found = loaded.colorize(np.ones((1, 32, 32, 1), np.float32))
  assert np.isfinite(np.asarray(found)).all()
