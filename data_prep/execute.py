"""Runs a job: worker processes on this machine, one shard of an array job, or Apache Beam.

A decoder that crashes or hangs takes its worker process down, not the preparation: the file is
found out, rejected with that reason, and the shard is written again without it.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
import warnings
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from tqdm import tqdm

from data_prep import plan as planning
from data_prep import work
from data_prep.plan import Job, Plan
from onepunch_jax.log import log

_done = None  # in a worker: how many items all workers have read


def run(
  job: Job,
  *,
  workers: int = 0,
  runner: str = 'local',
  shard_index: int | None = None,
  restart: bool = False,
  beam_args: tuple[str, ...] = (),
) -> dict | None:
  """Prepares the data; returns dataset.json, or None after one shard of an array job.

  Args:
    workers: processes; 0 is one per core. The bytes do not depend on it.
    runner: 'local' or 'beam'.
    shard_index: write this shard only; the same command without it finishes the dataset.
    restart: throw an earlier preparation in this output away.
    beam_args: what Beam gets ('--runner=FlinkRunner' ...).

  Raises:
    ValueError: for an unusable input or output, in one sentence.
  """
  if restart:
    work.restart(job.output)
  plan = planning.make(job)
  if not work.begin(job, plan):
    log.info('%s is prepared already.', job.output)
    return work.records.read_info(job.output)
  if shard_index is not None:
    if not 0 <= shard_index < plan.shards:
      raise ValueError(f'shard_index {shard_index}: there are {plan.shards} shards')
    _run_local(job, plan, _unwritten(job, plan, [shard_index]), 1)
    return None
  todo = _unwritten(job, plan, list(range(plan.shards)))
  if runner == 'beam':
    from data_prep import beam

    beam.run(job, plan, todo, beam_args)
  elif runner == 'local':
    _run_local(job, plan, todo, workers or os.cpu_count() or 1)
  else:
    raise ValueError(f"runner is 'local' or 'beam', not {runner!r}")
  return work.finish(job, plan)


def _run_local(job: Job, plan: Plan, todo: list[int], workers: int) -> None:
  total = sum(len(plan.shard(i)) for i in todo)
  with tqdm(total=total, unit='item', disable=None) as bar:
    while todo and not _pool(job, plan, todo, min(workers, len(todo)), bar):
      # A worker died. The shards that were being written go on one at a time: what a lone worker
      # was reading when it died is what killed it.
      todo = _unwritten(job, plan, todo)
      for i in [i for i in todo if _now(job, i, plan.shards).exists()]:
        while _unwritten(job, plan, [i]):
          known = _crashed(job)
          if not _pool(job, plan, [i], 1, bar) and _crashed(job) == known:
            _give_up(job, i, plan.shards)
      todo = _unwritten(job, plan, todo)


def _pool(job: Job, plan: Plan, todo: list[int], workers: int, bar: tqdm) -> bool:
  """Writes shards in parallel; False if a worker died (some shards are then not written)."""
  context = multiprocessing.get_context('spawn')  # JAX and PDFium do not survive a fork
  done = context.Value('q', 0)
  start = bar.n
  pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_enter, initargs=(done,))
  with pool:
    running: dict[Future, int] = {}
    waiting = list(reversed(todo))
    try:
      while waiting or running:
        while waiting and len(running) < 2 * workers:
          i = waiting.pop()
          running[pool.submit(_shard, job, i, plan.shards, plan.shard(i))] = i
        finished, _ = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
        bar.update(min(start + done.value, bar.total) - bar.n)
        for future in finished:
          del running[future]
          future.result()
        _stop_hung(job, plan.shards, list(running.values()))
    except BrokenProcessPool:
      return False
    except BaseException:
      pool.shutdown(wait=False, cancel_futures=True)
      raise
  bar.update(min(start + done.value, bar.total) - bar.n)
  return True


def _enter(done) -> None:
  global _done
  _done = done
  warnings.simplefilter('ignore')  # Pillow's on odd files: what matters comes as an error
  signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides


def _shard(job: Job, i: int, n: int, items: list) -> None:
  def tick():
    with _done.get_lock():
      _done.value += 1

  work.write_shard(job, i, n, items, tick)


def _stop_hung(job: Job, n: int, running: list[int]) -> None:
  for i in running:
    try:
      now = _now(job, i, n)
      if time.time() - now.stat().st_mtime > job.timeout:
        pid = json.loads(now.read_text())[0]
        _give_up(job, i, n)
        os.kill(pid, signal.SIGKILL)
    except (OSError, ValueError):  # it has just moved on
      pass


def _give_up(job: Job, i: int, n: int) -> None:
  """Notes the item that shard i was at, so that the next try rejects it."""
  if not _now(job, i, n).exists():
    raise RuntimeError(f'shard {i}: the worker process dies outside of reading (out of memory?)')
  key = json.loads(_now(job, i, n).read_text())[1]
  with _crashed_file(job).open('a') as lines:
    lines.write(json.dumps(key) + '\n')
  _now(job, i, n).unlink()


def _unwritten(job: Job, plan: Plan, shards: list[int]) -> list[int]:
  return [i for i in shards if not work.part_file(job.output, i, plan.shards).exists()]


def _now(job: Job, i: int, n: int):
  return work.part_file(job.output, i, n).with_suffix('.now')


def _crashed_file(job: Job):
  return work.work_dir(job.output) / 'crashed.jsonl'


def _crashed(job: Job) -> str:
  return _crashed_file(job).read_text() if _crashed_file(job).exists() else ''
