"""Multi-process saves that fail together: where one process cannot write, all of them abort.

At Orbax's own barriers the others would wait for ten minutes, and then disagree on what was saved.
"""

import collections
import dataclasses
import itertools
import json
import sys
import time
from typing import Any

import grain
import jax
import orbax.checkpoint as ocp
from etils import epath
from jax._src import distributed  # its key-value store has no public door
from orbax.checkpoint.future import CommitFutureAwaitingContractedSignals, Future

_FOLDER = 'onepunch_jax/saves/{}/'


def _client() -> Any:
  return distributed.global_state.client


class FailTogetherBarrier:
  """The barriers of saves: where one process fails, the others learn of it within seconds."""

  _saves = itertools.count()
  _times: collections.Counter[str]

  def start(self, directory: Any) -> None:
    """Begins the next save, into `directory`; all processes call it equally often.

    Raises:
      OSError: process 0 cannot make a folder there, for which the others would wait.
    """
    save = next(self._saves)
    self._folder, self._times = _FOLDER.format(save), collections.Counter()
    _client().key_value_delete(_FOLDER.format(save - 2))  # all are past it
    try:
      if jax.process_index() == 0:
        folder = directory / 'room.orbax-checkpoint-tmp'
        folder.mkdir(exist_ok=True)
        folder.rmdir()
    finally:
      self.wait(key='room', timeout_ms=300_000)

  @property
  def failed(self) -> bool:
    """Whether this save has failed in some process."""
    return bool(_client().key_value_dir_get(f'{self._folder}failed/'))

  def wait(self, *, key: str, timeout_ms: int) -> None:
    """Waits until all processes are here. While an exception passes it notifies the others instead.

    Raises:
      OSError: the save has failed in another process.
      TimeoutError: a process does not come within `timeout_ms`.
    """
    client, me = _client(), jax.process_index()
    if sys.exc_info()[0]:
      client.key_value_set(f'{self._folder}failed/{me}', '', allow_overwrite=True)
      return
    self._times[key] += 1
    place = f'{self._folder}{key}/{self._times[key]}/'
    client.key_value_set(f'{place}{me}', '')
    end, pause = time.monotonic() + timeout_ms / 1000, 0.01
    while len(client.key_value_dir_get(place)) < jax.process_count():
      if self.failed:
        raise OSError('another process could not write its part')
      if time.monotonic() > end:
        raise TimeoutError(f'another process did not come within {timeout_ms / 1000:.0f} s')
      time.sleep(pause)
      pause = min(2 * pause, 1.0)


class PositionHandler(ocp.AsyncCheckpointHandler):
  """Writes the state of a grain iterator, a file for each process, in the background.

  Grain's own writes at once, so that where it fails the others wait for this process for ever.
  """

  async def async_save(self, directory: epath.Path, args: 'PositionSave') -> list[Future]:
    state = json.dumps(args.item.get_state(), indent=4)  # now: training moves the iterator on

    async def write() -> None:
      self.path(directory).write_text(state)

    return [CommitFutureAwaitingContractedSignals(write(), name='position')]

  @staticmethod
  def path(directory: epath.Path) -> epath.Path:
    """The file of this process."""
    return directory / f'process_{jax.process_index()}-of-{jax.process_count()}.json'

  def save(self, *args: Any, **kwargs: Any) -> None:
    raise NotImplementedError('Saved by async_save.')

  def restore(self, *args: Any, **kwargs: Any) -> None:
    raise NotImplementedError('Checkpoints reads it, for any number of processes.')


@ocp.args.register_with_handler(PositionHandler, for_save=True, for_restore=True)
@dataclasses.dataclass
class PositionSave(ocp.args.CheckpointArgs):
  """The argument of a save: the iterator whose position is written."""

  item: grain.DatasetIterator


def clear(directory: epath.Path) -> None:
  """Removes halves of checkpoints, also where other parts are still being written for a moment."""
  if jax.process_index() > 0:
    return
  for half in directory.glob('*.orbax-checkpoint-tmp*'):
    for _ in range(50):
      try:
        half.rmtree(missing_ok=True)
        break
      except OSError:
        time.sleep(0.1)
