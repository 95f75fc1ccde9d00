"""Reference scores of made-up models whose answers are known."""

import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.evals import reference

COLORS = np.random.default_rng(0).uniform(0.2, 0.8, (4, 3)).astype(np.float32)
WHO = np.array([3, 7, 3, -1, 7, 7], np.int32)  # whom the drawings show
OWN = np.array([0, 1, 0, 2, 1, 3])  # their colours: the last is in disguise


def batches():
  """Six drawings, each of one colour without a line; other drawings of the same two characters."""
  fill = lambda c: np.broadcast_to(c[:, None, None], (6, 32, 32, c.shape[-1])).astype(np.float32)
  rgb = 2 * fill(COLORS[OWN]) - 1
  known = (WHO >= 0)[:, None, None, None]
  given = np.concatenate([2 * fill(COLORS[OWN]) - 1, np.ones((6, 32, 32, 1))], -1) * known
  return [
    {
      'line': jnp.ones((6, 32, 32, 1)),
      'rgb': jnp.asarray(rgb),
      'character': WHO,
      'reference': jnp.asarray(given, jnp.float32),
      'valid': jnp.asarray([1, 1, 1, 1, 1, 0], jnp.uint8),
    }
  ]


def psnr(a, b):
  return -10 * np.log10(np.mean((a - b) ** 2))


def test_known_models():
  run = reference.make(examples=3)
  found = run(reference.mean, batches())
  sheet = found.pop('references')
  assert sheet.dtype == np.uint8 and sheet.shape[1] == 12 * 36 + 8
  assert found['model/self_ref'] > 70 and found['model/same_ref'] > 70
  c = COLORS
  assert found['model/other_ref'] == pytest.approx(psnr(c[0], c[1]), abs=1e-3)
  assert found['model/no_ref'] == pytest.approx(
    np.mean([psnr(c[k], 1.0) for k in OWN[:5]]), abs=1e-3
  )
  pairs = ((0, 1), (1, 0), (0, 2), (2, 1), (1, 0))  # each takes the next that may be another's
  assert found['model/picture_ref'] == pytest.approx(
    np.mean([psnr(c[a], c[b]) for a, b in pairs]), abs=1e-3
  )
  for column in ('self_ref', 'same_ref', 'other_ref', 'no_ref', 'self_ref_de00'):
    assert found[f'model/{column}'] == pytest.approx(found[f'ref_mean/{column}'])
  assert found['model/self_ref_de00'] < 0.1 < 5 < found['model/other_ref_de00']
  assert found['ref_pasted/same_ref'] > 70 > 40 > found['ref_pasted/self_ref']  # bent, beyond edges
  again = run(reference.mean, batches())
  again.pop('references')
  assert (
    found
    == again
    == {k: v for k, v in reference.make(examples=0)(reference.mean, batches()).items()}
  )


def test_a_deaf_model_scores_the_same_whatever_it_is_told():
  deaf = lambda batch: jnp.full(batch['rgb'].shape, 0.5)
  found = reference.make(examples=0)(deaf, batches())
  assert found['model/self_ref'] == found['model/no_ref'] == found['model/picture_ref']
  assert found['model/same_ref'] == found['model/other_ref']


def test_without_characters_there_are_selves_and_other_pictures():
  (batch,) = batches()
  batch = {k: x for k, x in batch.items() if k not in ('character', 'reference')}
  found = reference.make(examples=2)(reference.pasted, [batch])
  assert found.pop('references').shape[1] == 8 * 36 + 8
  assert {k.split('/')[1] for k in found} == {
    f'{kind}_ref{end}' for kind in ('self', 'picture', 'no') for end in ('', '_de00')
  }
  unknown = {**batch, 'character': np.full(6, -1, np.int32), 'reference': jnp.zeros((6, 32, 32, 4))}
  same = reference.make(examples=0)(reference.pasted, [unknown])
  assert same == found


def test_only_this_evaluation_gives_a_reference_to_a_method_that_may_do_without():
  from ml_collections import ConfigDict

  from onepunch_jax.evaluate import _passes

  config = ConfigDict({'evals': {'image': {}, 'reference': {}}, 'data': {'eval_keys': ['rgb']}})
  (first, keys), (second, more) = _passes(config)
  assert list(first) == ['image'] and keys == ['rgb']
  assert list(second) == ['reference'] and more == ['rgb', 'reference', 'character']
  config.data.eval_keys = ['rgb', 'reference']  # a method whose inputs name it
  ((sections, keys),) = _passes(config)
  assert set(sections) == {'image', 'reference'} and keys == ['rgb', 'reference']
