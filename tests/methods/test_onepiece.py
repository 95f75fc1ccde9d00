"""The grey page: what it is, its letter-box is in no loss and in no prediction."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from onepunch_jax import core, registry
from onepunch_jax.data.pipeline import Fit
from onepunch_jax.ops import color
from onepunch_jax.prepare import grey


def test_a_letter_boxed_page_has_a_mask():
  page = {'key': 'page', 'rgb': np.full((48, 24, 3), 90, np.uint8)}
  fitted = Fit(('rgb', 'mask'), 32).map(page)
  assert fitted['mask'].shape == (32, 32, 1)
  inside = fitted['rgb'].max(-1, keepdims=True) < 200
  np.testing.assert_array_equal(fitted['mask'] > 127, inside)
  assert inside.mean() == 0.5
  whole = Fit(('mask',), 32).map({'key': 'k', 'rgb': np.zeros((64, 64, 3), np.uint8)})
  assert whole['mask'].min() == 255


def test_what_is_outside_the_page_is_in_no_loss():
  method = registry.method(
    dict(name='onepiece', net=dict(name='double_conv', widths=(4, 4), norm='none'))
  )
  r = np.random.default_rng(0)
  draw = lambda c: r.uniform(-1, 1, (1, 8, 8, c)).astype(np.float32)
  mask = np.zeros((1, 8, 8, 1), np.float32)
  mask[:, :, :4] = 1
  batch = {'line': draw(1), 'rgb': draw(3), 'mask': mask}
  txs, key = {'g': optax.sgd(0.1)}, jax.random.key(0)
  state = core.init_state(method, txs, key, batch)
  step = jax.jit(core.make_train_step(method, txs))
  one, metrics = step(state, batch, key)
  other = {**batch, 'rgb': np.where(mask > 0, batch['rgb'], draw(3))}
  two, _ = step(state, other, key)
  assert jax.tree.all(jax.tree.map(np.array_equal, one.variables.params, two.variables.params))
  painted = method.colorize(state.averaged, batch, key)
  assert painted[:, :, 4:].min() == 1  # white
  unmasked = method.colorize(state.averaged, {'line': batch['line']}, key)
  np.testing.assert_allclose(painted[:, :, :4], unmasked[:, :, :4], rtol=1e-6)
  error = ((unmasked - (0.5 + 0.5 * batch['rgb'])) ** 2)[:, :, :4].mean()
  np.testing.assert_allclose(metrics['g/mse'].total, error, rtol=1e-5)


def test_greys():
  rgb = np.random.default_rng(0).uniform(-1, 1, (1, 4, 4, 3)).astype(np.float32)
  batch = {'rgb': jnp.asarray(rgb)}
  luma = grey.make(kind='luma')(batch, None, 0)['line']
  np.testing.assert_allclose(luma[..., 0], rgb @ [0.299, 0.587, 0.114], atol=1e-5)
  same = grey.make(kind='lightness')(batch, None, 0)['line']
  of = lambda x: color.rgb_to_lab(0.5 + 0.5 * jnp.broadcast_to(x, rgb.shape))[..., 0]
  np.testing.assert_allclose(of(same), of(batch['rgb']), atol=2e-3)
  with pytest.raises(ValueError, match='luma'):
    grey.make(kind='bt709')
