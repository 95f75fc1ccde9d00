"""pix2pix with gradient penalties on its discriminator, by default zero-centred ones.

    D: ... + lambda_r1 E |grad D(x, y)|^2 + lambda_r2 E |grad D(x, G(x))|^2

(Mescheder et al. 2018), as in SerialLain3170's pix2pix-gp (10 and 10, softplus). WGAN-GP (Gulrajani
et al. 2017) is gan='wgan', lambda_gp=10, n_critic=5 and a drift of 1e-3 (Karras et al. 2018), with
R1 and R2 off.
Everything else is methods/pix2pix.py.
"""

from onepunch_jax.core import Method, Section
from onepunch_jax.losses import gan as gans
from onepunch_jax.methods import pix2pix
from onepunch_jax.ops import output_space


def make(
  *,
  gen: Section,
  disc: Section,
  space: output_space.Space = 'rgb',
  gan: gans.Name = 'vanilla',
  lambda_l1: float = 10.0,
  lambda_gp: float = 0.0,
  lambda_r1: float = 10.0,
  lambda_r2: float = 10.0,
  lambda_drift: float = 0.0,
  n_critic: int = 1,
) -> Method:
  """pix2pix with other defaults; the arguments are those of `pix2pix.make`.

  Raises:
    ValueError: no penalty is on, so that this is plain pix2pix; or the discriminator has batch
      norm.
  """
  if not lambda_gp and not lambda_r1 and not lambda_r2:
    raise ValueError('No penalty is on: set lambda_r1, lambda_r2 or lambda_gp, or use pix2pix.')
  return pix2pix.make(
    gen=gen,
    disc=disc,
    space=space,
    gan=gan,
    lambda_l1=lambda_l1,
    lambda_gp=lambda_gp,
    lambda_r1=lambda_r1,
    lambda_r2=lambda_r2,
    lambda_drift=lambda_drift,
    n_critic=n_critic,
  )
