"""Checkpoints that took seconds: each is made, loaded and compiled once for all tests of a process.

`tests/conftest.py` has the fixtures, and hands files that share a checkpoint to one process.
"""

import atexit
import functools
import os
import shutil
import tempfile
from typing import Any

import jax
import optax
import pytest

from onepunch_jax import core, registry
from onepunch_jax.configs import pix2pix
from onepunch_jax.data import batch
from onepunch_jax.pages import colorizer as library
from onepunch_jax.pages.pixel_model import PixelModel
from onepunch_jax.training.loop import train
from onepunch_jax.weights.runs import load_for_inference

TAGS = ('blue hair', 'red hair', 'smile')
KEYS = ('line', 'labels', 'geometry', 'distance', 'colors', 'token_nouns', 'tags')


@functools.cache
def trained() -> str:
  """The workdir of a checkpoint that colours pixel by pixel."""
  workdir = os.path.join(tempfile.mkdtemp(), 'run')
  run = pix2pix.get_config(f'smoke,batch={jax.device_count()}')
  run.update(dict(steps=1, eval_every=0, save_every=1, evals={}))
  run.method.gen.depth = 3
  assert not train(run, workdir).stopped
  atexit.register(shutil.rmtree, os.path.dirname(workdir), ignore_errors=True)
  return workdir


_loaded = functools.cache(load_for_inference)
_compiled = functools.cache(lambda method, seed: PixelModel(method, None, seed, 0).jitted)


def _load(run: str, step: int | str = 'latest') -> Any:
  """As `load_for_inference`; the tiny checkpoint is read once."""
  return (_loaded if run == trained() else load_for_inference)(run, step)


class _OfOneProgram(PixelModel):
  """A model whose net is traced once for each method, however often its checkpoint is loaded."""

  @functools.cached_property
  def jitted(self):
    return _compiled(self._method, self._seed)


def load_once(monkeypatch: pytest.MonkeyPatch) -> None:
  """Makes the checkpoint of `trained` cheap to load again."""
  monkeypatch.setattr(library, 'load_for_inference', _load)
  monkeypatch.setattr(library, 'PixelModel', _OfOneProgram)


@functools.cache
def by_regions() -> library.Colorizer:
  """One that colours by regions and has learned nothing."""
  method = registry.method(
    dict(
      name='region_tokens',
      trunk=dict(name='region_trunk', widths=(8, 8, 8)),
      tokens=dict(name='region_tokens', dim=16, layers=1, heads=2),
      colors=dict(
        name='region_colors',
        layers=1,
        heads=2,
        keys=4,
        colors=2,
        nouns=1,
        color_of=(0, 1, -1),
        noun_of=(0, 0, -1),
      ),
      count=8,
      num_tags=3,
      palette=4,
      max_tags=2,
    )
  )
  raw = batch.cast(batch.fake(KEYS, 2, 32, tags=3, tokens=8))
  init = lambda key, raw: core.init_state(method, {'net': optax.identity()}, key, raw)
  state = jax.jit(init)(jax.random.key(0), raw)
  return library.Colorizer.from_method(method, state.averaged, 32, tags=TAGS)
