"""The records of a run: metrics as JSON lines and in TensorBoard, pictures, a progress bar."""

import contextlib
import json
import math
import os
import sys
import time
from collections.abc import Mapping

import jax
import numpy as np
from PIL import Image
from tqdm import tqdm

from onepunch_jax.core import Mean
from onepunch_jax.log import log
from onepunch_jax.training import profiling


class Writer:
  """Collects the metrics of each step; process 0 writes them.

  Metrics of a step are read when the next one has been dispatched, so that the device never
  waits for the host; `flush` reads what is still out.
  """

  def __init__(
    self,
    workdir: str,
    *,
    start: int,
    steps: int,
    log_every: int,
    batch_size: int,
    flops: float = 0.0,
  ):
    self._writes = jax.process_index() == 0
    self._workdir = workdir
    self._log_every = log_every
    self._batch_size, self._flops = batch_size, flops
    self._pending: tuple[int, Mapping[str, Mean]] | None = None
    self._window: dict[str, np.ndarray] = {}
    self._waited, self._full = 0.0, False
    self._opened = time.perf_counter()
    self._opened_at = start
    if self._writes:
      os.makedirs(os.path.join(workdir, 'samples'), exist_ok=True)
      path = os.path.join(workdir, 'metrics.jsonl')
      _keep_until(path, start)
      self._lines = open(path, 'a', encoding='utf-8')
      self._board = _Board(os.path.join(workdir, 'tensorboard'), start)
    live = sys.stderr.isatty()
    self._bar = tqdm(
      initial=start,
      total=steps,
      unit='step',
      dynamic_ncols=live,
      disable=not self._writes,
      mininterval=0.2 if live else 15,
      maxinterval=1 if live else 30,
    )

  def waited(self, seconds: float) -> None:
    """Adds time that the loop spent waiting for data."""
    self._waited += seconds

  def step(self, step: int, metrics: Mapping[str, Mean]) -> None:
    """Takes the metrics of a step (still on their way) and reads those of the one before."""
    self.flush()
    self._pending = (step, metrics)
    self._bar.update(1)

  def flush(self) -> None:
    """Reads the metrics that are still out.

    Raises:
      FloatingPointError: one is not finite; the message names the step and the metric.
    """
    if self._pending is None:
      return
    step, metrics = self._pending
    self._pending = None
    values = jax.device_get(metrics)
    bad = {k: float(m.total) for k, m in values.items() if not np.isfinite(m.total)}
    if bad:  # losses before what follows from them
      named = sorted((not name.endswith('/loss'), name) for name in bad)
      listed = ', '.join(f'{name} is {bad[name]}' for _, name in named)
      raise FloatingPointError(f'{listed} at step {step}')
    for name, mean in values.items():
      pair = np.asarray([mean.total, mean.count], np.float64)
      self._window[name] = self._window.get(name, 0.0) + pair
    if step % self._log_every == 0:
      self._close_window(step)

  def scalars(self, step: int, values: Mapping[str, float]) -> None:
    """Writes one line of values; NaN becomes null."""
    if not self._writes:
      return
    safe = {k: float(v) if math.isfinite(v) else None for k, v in values.items()}
    known = {k: v for k, v in safe.items() if v is not None}
    with self._spared():
      self._lines.write(json.dumps({'step': step, **safe}) + '\n')
      self._lines.flush()
      self._board.scalars(step, known)

  def picture(self, step: int, name: str, rgb: np.ndarray) -> None:
    """Saves uint8 [H, W, 3] as samples/<name>_<step>.png and for TensorBoard."""
    if not self._writes:
      return
    path = os.path.join(self._workdir, 'samples', f'{name.replace("/", "_")}_{step:07d}.png')
    with self._spared():
      Image.fromarray(rgb).save(path)
      self._board.picture(step, name, rgb)
      log.info('Pictures of step %d: %s', step, path)

  def restart_clock(self) -> None:
    """Leaves what happened since the last window (an evaluation, for example) out of the speed."""
    self._opened, self._waited = time.perf_counter(), 0.0
    self._opened_at = self._bar.n

  def close(self) -> None:
    self._bar.close()
    if self._writes:
      with self._spared():
        self._lines.close()
      with self._spared():
        self._board.close()

  @contextlib.contextmanager
  def _spared(self):
    """A full disk is logged once, and does not end the run."""
    try:
      yield
      self._full = False
    except OSError as error:
      if not self._full:
        log.error('Part of the log could not be written (%s): the run goes on without.', error)
      self._full = True

  def _close_window(self, step: int) -> None:
    means = {k: total / count for k, (total, count) in self._window.items() if count}
    self._window = {}
    seconds = max(time.perf_counter() - self._opened, 1e-9)
    steps = step - self._opened_at
    rate = steps / seconds
    fast = {
      'speed/steps_per_s': rate,
      'speed/pictures_per_s': rate * self._batch_size,
      'speed/input_wait_share': self._waited / seconds,
      **profiling.of_window(self._flops, seconds, steps),
    }
    self.scalars(step, {**means, **fast})
    self._opened, self._opened_at, self._waited = time.perf_counter(), step, 0.0
    losses = {k.removesuffix('/loss'): v for k, v in means.items() if k.endswith('/loss')}
    self._bar.set_postfix({k: f'{v:.3g}' for k, v in losses.items()}, refresh=False)


class _Board:
  """TensorBoard's file, written by this thread: tensorboardX's own dies of a full disk, unheard."""

  def __init__(self, folder: str, start: int):
    from tensorboardX import event_file_writer, proto, summary  # import torch where there is one

    os.makedirs(folder, exist_ok=True)
    self._summary, self._event = summary, proto.event_pb2.Event
    self._events = event_file_writer.EventsWriter(os.path.join(folder, 'events'))
    self._flushed = time.time()
    # what an older file has after this step is hidden
    self._add(start, session_log=proto.event_pb2.SessionLog(status=1))

  def scalars(self, step: int, values: Mapping[str, float]) -> None:
    for name, value in values.items():
      self._add(step, summary=self._summary.scalar(name, value))
    if time.time() > self._flushed + 30:
      self._events.flush()
      self._flushed = time.time()

  def picture(self, step: int, name: str, rgb: np.ndarray) -> None:
    self._add(step, summary=self._summary.image(name, rgb, dataformats='HWC'))

  def close(self) -> None:
    self._events.close()

  def _add(self, step, **what):
    self._events.write_event(self._event(step=step, wall_time=time.time(), **what))


def _keep_until(path: str, step: int) -> None:
  """Drops the lines after `step`: a resumed run writes them again."""
  if not os.path.exists(path):
    return
  with open(path, encoding='utf-8') as f:
    lines = f.readlines()
  kept = [line for line in lines if _step(line) <= step]
  if len(kept) < len(lines):
    with open(path + '.tmp', 'w', encoding='utf-8') as f:
      f.writelines(kept)
    os.replace(path + '.tmp', path)


def _step(line: str) -> float:
  """The step that a line of metrics is of; infinite where the line is broken."""
  try:
    return json.loads(line)['step'] if line.endswith('\n') else math.inf
  except ValueError:
    return math.inf
