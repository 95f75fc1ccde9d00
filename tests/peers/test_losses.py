"""Adversarial losses and gradient penalties as PyTorch computes them: values and gradients."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.losses import gan, penalty

torch = pytest.importorskip('torch')
from torch.nn import functional as F  # noqa: E402

from tests.peers import measured  # noqa: E402

RNG = np.random.default_rng(0)
REAL, FAKE = (RNG.normal(0, 1.5, (3, 4, 5, 1)).astype(np.float32) for _ in range(2))


def bce(logits, target):
  return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, target))


THEIRS = {  # (real, fake) -> D's loss; fake -> G's loss
  'vanilla': (lambda r, f: bce(r, 1.0) + bce(f, 0.0), lambda f: bce(f, 1.0)),
  'lsgan': (
    lambda r, f: 0.5 * (F.mse_loss(r, torch.ones_like(r)) + F.mse_loss(f, torch.zeros_like(f))),
    lambda f: F.mse_loss(f, torch.ones_like(f)),
  ),
  'hinge': (
    lambda r, f: -torch.clamp(r - 1, max=0).mean() - torch.clamp(-1 - f, max=0).mean(),
    lambda f: -f.mean(),
  ),
  'wgan': (lambda r, f: f.mean() - r.mean(), lambda f: -f.mean()),
}


def close(ours, theirs, kind='loss'):
  measured.record(kind, ours, theirs.detach().numpy())
  np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize('name', gan.GANS)
def test_adversarial_losses_and_their_gradients(name):
  ours, (d, g) = gan.make(name), THEIRS[name]
  value, grads = jax.value_and_grad(ours.d, argnums=(0, 1))(jnp.array(REAL), jnp.array(FAKE))
  real, fake = (torch.tensor(x, requires_grad=True) for x in (REAL, FAKE))
  loss = d(real, fake)
  loss.backward()
  close(value, loss)
  close(grads[0], real.grad, 'gradient')
  close(grads[1], fake.grad, 'gradient')
  value, grad = jax.value_and_grad(ours.g)(jnp.array(FAKE))
  fake = torch.tensor(FAKE, requires_grad=True)
  loss = g(fake)
  loss.backward()
  close(value, loss)
  close(grad, fake.grad, 'gradient')


@pytest.mark.parametrize('over', ['picture', 'pixel'])
def test_gradient_penalties_and_their_gradients(over):
  """With AlacGAN's norm over the channels of a pixel, and with the paper's of a picture."""
  key = jax.random.key(0)
  real, fake = (RNG.normal(0, 1, (2, 6, 5, 3)).astype(np.float32) for _ in range(2))
  weights = [RNG.normal(0, 0.5, s).astype(np.float32) for s in ((4, 3), (4,), (1, 4))]
  mix = np.array(jax.random.uniform(key, (2, 1, 1, 1)))

  def ours(weights):
    w, b, last = weights

    def critic(x):
      return jnp.mean(jnp.tanh(x @ w.T + b) @ last.T, (1, 2))

    return penalty.wgan_gp(critic, real, fake, key, over=over)

  value, grads = jax.value_and_grad(ours)([jnp.array(w) for w in weights])
  theirs = [torch.tensor(w, requires_grad=True) for w in weights]
  x = torch.tensor(mix * real + (1 - mix) * fake, requires_grad=True)
  logits = F.linear(torch.tanh(F.linear(x, *theirs[:2])), theirs[2]).mean((1, 2))
  (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
  norm = gradient.norm(2, dim=-1) if over == 'pixel' else gradient.flatten(1).norm(2, dim=1)
  loss = ((norm - 1) ** 2).mean()
  loss.backward()
  close(value, loss)
  for ours_, w in zip(grads, theirs):
    np.testing.assert_allclose(ours_, w.grad.numpy(), rtol=1e-4, atol=1e-6)


def test_zero_centred_penalty():
  w = RNG.normal(0, 1, (3, 3)).astype(np.float32)
  x = RNG.normal(0, 1, (2, 4, 4, 3)).astype(np.float32)
  ours = penalty.zero_centred(lambda x: jnp.mean(jnp.sin(x @ w), (1, 2)), jnp.array(x))
  theirs = torch.tensor(x, requires_grad=True)
  logits = torch.sin(theirs @ torch.tensor(w)).mean((1, 2))
  (gradient,) = torch.autograd.grad(logits.sum(), theirs)
  close(ours, (gradient.flatten(1) ** 2).sum(1).mean() / 9)
