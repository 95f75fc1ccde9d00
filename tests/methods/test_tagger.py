"""Ranking precision by hand; a tagger learns; its VGG is another method's perceptual net."""

import numpy as np
import pytest

from onepunch_jax import registry
from onepunch_jax.configs import pix2pixhd, tagger
from onepunch_jax.data.pipeline import Fit
from onepunch_jax.losses.classification import rank_precision
from onepunch_jax.training import loop
from onepunch_jax.weights import pretrained


def test_rank_precision_by_hand():
  scores = np.array([[3.0, 2.0, 1.0, 0.0]] * 2)
  tags = np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
  np.testing.assert_allclose(rank_precision(scores, tags), [(1 + 2 / 3) / 2, 1 / 4], rtol=1e-6)


def test_tags_that_do_not_fit_are_refused():
  record = {'key': 'a', 'rgb': np.zeros((8, 8, 3), np.uint8), 'tags': np.zeros(5, np.uint8)}
  assert Fit(('tags',), 8, tags=5).map(record)['tags'].shape == (5,)
  with pytest.raises(ValueError, match='5 tags'):
    Fit(('tags',), 8, tags=4).map(record)
  with pytest.raises(ValueError, match='--tags'):
    Fit(('tags',), 8, tags=4).map({**record, 'tags': ['hat']})


def test_its_vgg_is_a_perceptual_net(tmp_path):
  config = tagger.get_config('vgg,smoke,steps=1,batch=8')
  assert not loop.train(config, str(tmp_path)).stopped
  section = pix2pixhd.get_config('smoke').method.vgg
  params, _ = pretrained.load(str(tmp_path), registry.net(section))
  assert params['conv5_4']['kernel'].shape == (3, 3, 32, 32) and 'fc' not in params
  with pytest.raises(ValueError, match='this net wants'):
    pretrained.load(str(tmp_path), registry.net({**section, 'width': 8}))
