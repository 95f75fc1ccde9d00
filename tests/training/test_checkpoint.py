"""Checkpoints fit any devices and processes, and a disk that is full does not end a run."""

import concurrent.futures
import errno
import itertools
import os
import threading
import time

import grain
import jax
import numpy as np
import pytest
from jax._src import distributed

from onepunch_jax.core import TrainState, Variables
from onepunch_jax.training import sharding
from onepunch_jax.training.checkpoint import Checkpoints
from onepunch_jax.training.orbax_barriers import FailTogetherBarrier, PositionHandler

RULES = (('memory', 'replicated'), ('.*', 'fsdp'))


def state(step=3):
  make = np.random.default_rng(step).standard_normal
  params = {'gen': {'kernel': make((3, 3, 4, 16), np.float32), 'bias': make(16, np.float32)}}
  return TrainState(
    step=np.int32(step),
    variables=Variables(params, {'gen': {}}, {'seen': make((5, 2), np.float32)}),
    opt_state={'g': jax.tree.map(lambda x: 2 * x, params)},
    ema=params,
  )


def placed(tree, *mesh):
  """-> (the tree on a mesh, its shapes there)."""
  mesh = sharding.make_mesh(mesh, jax.devices()[: int(np.prod([n for _, n in mesh]))])
  places = sharding.state_shardings(tree, mesh, RULES)
  shape = lambda x, place: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=place)
  return jax.device_put(tree, places), jax.tree.map(shape, tree, places)


def numbers(start=0):
  data = iter(grain.MapDataset.range(100).to_iter_dataset())
  for _ in range(start):
    next(data)
  return data


def assert_same(a, b):
  for x, y in zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True):
    np.testing.assert_array_equal(x, y)


@pytest.fixture
def saved(tmp_path):
  """A run's folder with step 3, saved from 2 x 2 devices, its iterator at 3."""
  checkpoints = Checkpoints(str(tmp_path))
  whole, _ = placed(state(), ('data', 2), ('fsdp', 2))
  assert not whole.ema['gen']['kernel'].is_fully_replicated
  checkpoints.save(3, whole, numbers(3))
  checkpoints.wait()
  checkpoints.close()
  return tmp_path


@pytest.mark.parametrize('mesh', [[('data', 1)], [('data', 2), ('fsdp', 4)], [('data', 8)]])
def test_a_state_of_four_devices_is_the_same_on_one_and_eight(saved, mesh):
  _, abstract = placed(state(), *mesh)
  data = numbers()
  found = Checkpoints(str(saved)).restore_latest(abstract, data)
  assert_same(found, state())
  assert all(a.sharding == b.sharding for a, b in zip(*map(jax.tree.leaves, (found, abstract))))
  assert next(data) == 3


def test_a_state_of_other_nets_is_one_sentence(saved):
  _, abstract = placed(state(), ('data', 1))
  other = abstract.replace(ema={'gen': {'other': abstract.ema['gen']['bias']}})
  with pytest.raises(ValueError, match=r'step 3 is not of the nets .*ema.gen.*another') as e:
    Checkpoints(str(saved)).restore_latest(other, numbers())
  assert len(str(e.value).splitlines()) == 1


def test_another_number_of_processes_continues_at_the_same_batch(saved):
  folder = saved / 'checkpoints' / '3' / 'data'
  os.rename(folder / 'process_0-of-1.json', folder / 'process_1-of-2.json')
  _, abstract = placed(state(), ('data', 1))
  data = numbers()
  Checkpoints(str(saved)).restore_latest(abstract, data)
  assert next(data) == 3

  class Elsewhere:
    """An iterator whose position is not one number, as with worker processes."""

    get_state = lambda self: {'workers': [0, 0]}

  with pytest.raises(ValueError, match=r'data\.workers=0'):
    Checkpoints(str(saved)).restore_latest(abstract, Elsewhere())


@pytest.mark.parametrize(
  'error',
  [
    OSError(errno.ENOSPC, 'No space left on device'),
    ValueError('RESOURCE_EXHAUSTED: Error writing local file'),
  ],
)
def test_a_full_disk_spares_the_last_checkpoint_and_the_next_save_works(
  tmp_path, monkeypatch, caplog, error
):
  whole, abstract = placed(state(), ('data', 4))
  checkpoints = Checkpoints(str(tmp_path))
  checkpoints.save(1, whole, numbers(1))

  def full(*args, **kwargs):
    raise error

  with monkeypatch.context() as m:  # the iterator's part is written after `save` has returned
    checkpoints.wait()
    m.setattr(PositionHandler, 'path', full)
    checkpoints.save(2, whole, numbers(2))
    checkpoints.wait()
    for thread in threading.enumerate():  # those that still write the other parts
      if 'Signaling' in type(thread).__name__:
        thread.join()
  assert checkpoints.latest == 1
  assert 'could not be written' in caplog.text and 'of step 1' in caplog.text
  checkpoints.save(3, whole, numbers(3))
  checkpoints.wait()
  checkpoints.close()
  kept = sorted(p.name for p in (tmp_path / 'checkpoints').iterdir())
  assert kept == ['1', '3']  # and no halves
  data = numbers()
  assert_same(Checkpoints(str(tmp_path)).restore_latest(abstract, data), state())
  assert next(data) == 3


def test_other_errors_of_a_save_are_not_hidden(tmp_path, monkeypatch):
  def broken(*args, **kwargs):
    raise ValueError('a defect')

  whole, _ = placed(state(), ('data', 1))
  checkpoints = Checkpoints(str(tmp_path))
  monkeypatch.setattr(PositionHandler, 'path', broken)
  with pytest.raises(ValueError, match='a defect'):
    checkpoints.save(1, whole, numbers())
    checkpoints.wait()


class Store(dict):
  """What `FailTogetherBarrier` needs of JAX's key-value store."""

  def key_value_set(self, key, value, allow_overwrite=False):
    assert allow_overwrite or key not in self
    self[key] = value

  def key_value_dir_get(self, folder):
    return [(k, v) for k, v in list(self.items()) if k.startswith(folder)]

  def key_value_delete(self, folder):
    for key, _ in self.key_value_dir_get(folder):
      del self[key]


@pytest.fixture
def two(monkeypatch, tmp_path):
  """Runs one function in two threads, as if they were processes 0 and 1 -> what each raised."""
  me = threading.local()
  monkeypatch.setattr(distributed.global_state, 'client', Store())
  monkeypatch.setattr(jax, 'process_count', lambda: 2)
  monkeypatch.setattr(jax, 'process_index', lambda: getattr(me, 'process', 0))

  def run(save):
    def process(i):
      me.process = i
      barrier = FailTogetherBarrier()
      barrier._saves = itertools.count()
      try:
        save(i, barrier)
      except Exception as error:
        return error

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
      return list(pool.map(process, (0, 1)))

  return run


def test_what_fails_in_one_process_fails_in_the_others_at_once(two, tmp_path):
  def save(i, barrier):
    barrier.start(tmp_path)
    try:
      if i == 1:
        raise OSError(errno.ENOSPC, 'No space left on device')
      barrier.wait(key='written', timeout_ms=60_000)
    finally:
      barrier.wait(key='done', timeout_ms=60_000)  # waits for nobody: orbax calls it in any case
      assert barrier.failed

  clock = time.perf_counter()
  waiting, failing = two(save)
  assert 'another process' in str(waiting) and failing.errno == errno.ENOSPC
  assert time.perf_counter() - clock < 30


def test_no_room_for_process_0_is_known_to_all_before_orbax_starts(two, tmp_path):
  other, first = reversed(two(lambda i, barrier: barrier.start(tmp_path / 'none')))
  assert isinstance(first, FileNotFoundError) and 'another process' in str(other)


def test_processes_wait_for_each_other_save_after_save(two, tmp_path):
  here = []

  def save(i, barrier):
    for number in range(3):
      barrier.start(tmp_path)
      if i == 1:
        time.sleep(0.1)
        here.append(number)
      barrier.wait(key='written', timeout_ms=60_000)
      assert here[-1] == number and not barrier.failed
      barrier.wait(key='read', timeout_ms=60_000)

  assert two(save) == [None, None]


def test_a_process_that_does_not_come_is_not_waited_for_without_end(two, tmp_path):
  def save(i, barrier):
    barrier.start(tmp_path)
    if i == 0:
      barrier.wait(key='written', timeout_ms=50)

  alone, _ = two(save)
  assert isinstance(alone, TimeoutError) and 'did not come' in str(alone)
