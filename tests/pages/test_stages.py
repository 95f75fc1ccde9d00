"""Stages are told in their order, and each second counts for the innermost one."""

import threading
import time

from onepunch_jax.pages.stages import stage, watched


def test_stages_are_told_and_timed():
  told: list[str] = []
  with watched(told.append) as seconds:
    with stage('outer'):
      time.sleep(0.02)
      with stage('inner'):
        time.sleep(0.05)
    with stage('outer'):
      pass
  assert told == ['outer', 'inner', 'outer', 'outer']
  assert 0.05 <= seconds['inner'] < 1 and 0.02 <= seconds['outer'] < 1


def test_nobody_listens_and_other_threads_are_not_heard():
  with stage('nothing'):
    pass
  with watched() as seconds:
    other = threading.Thread(target=lambda: stage('theirs').__enter__())
    other.start()
    other.join()
  assert seconds == {}
