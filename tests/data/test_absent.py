"""What a method is trained on and the data lack is said before the first step."""

import logging

import numpy as np
import pytest

from onepunch_jax.configs import tag2pix
from onepunch_jax.data import absent
from onepunch_jax.training.setup import setup

COLORS = np.uint8([[[200, 10, 30]]])


@pytest.mark.parametrize(
  'keys, record, words',
  [
    (('tags',), {}, 'Tags are absent'),
    (('tags',), {'tags': np.zeros(4, np.uint8)}, 'Tags are absent'),
    (('tags',), {'tags': np.uint8([0, 1])}, ''),
    (('tags',), {'tags': ['blue hair']}, ''),
    (('reference',), {}, 'References are absent'),
    (('reference',), {'reference': np.ones((2, 2, 3), np.uint8)}, ''),
    (('token_nouns',), {'nouns': np.zeros(256, np.uint8)}, 'Names of parts are absent'),
    (('nouns',), {'nouns': np.ones(256, np.uint8)}, ''),
    (('line', 'rgb'), {'rgb': np.full((8, 8, 3), 90, np.uint8)}, 'Colours are absent'),
    (('line', 'rgb'), {'rgb': np.broadcast_to(COLORS, (8, 8, 3))}, ''),
    (('line', 'rgb'), {'line': np.zeros((8, 8, 1), np.uint8)}, ''),
  ],
)
def test_a_sentence_for_each_kind_that_no_record_has(keys, record, words):
  found = absent.warnings([record] * 40, 'DATA', keys, 'mine')
  assert len(found) == bool(words) and all(words in text and 'DATA' in text for text in found)


def test_one_record_that_has_it_is_enough():
  assert not absent.warnings([{}, {'tags': ['a']}], 'DATA', ('tags',), 'mine')


def test_training_says_it_before_the_first_step(tmp_path, pairs_folder, caplog):
  config = tag2pix.get_config(f'smoke,data={pairs_folder},batch=8')
  config.evals, config.best = {}, ''
  with caplog.at_level(logging.WARNING, logger='onepunch_jax'):
    run = setup(config, str(tmp_path))
  assert int(run.state.step) == 0 and caplog.text.count('Tags are absent') == 1
  run.checkpoints.close()
