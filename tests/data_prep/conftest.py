"""Workers are forked from a server that has imported what they use, as those of `tests.forked`.

The command as typed (`test_kinds.py`) starts them as people's do.
"""

import types

import pytest

from data_prep import execute
from tests import forked


@pytest.fixture(autouse=True)
def forked_workers(monkeypatch):
  """Each run starts workers anew, which would import the package for a second or more."""
  found = types.SimpleNamespace(get_context=lambda method: forked.CONTEXT)
  monkeypatch.setattr(execute, 'multiprocessing', found)
