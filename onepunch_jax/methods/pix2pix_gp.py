"""pix2pix with gradient penalties on its discriminator, zero-centred unless said.

    D: ... + lambda_r1 E |grad D(x, y)|^2 + lambda_r2 E |grad D(x, G(x))|^2    (Mescheder 2018)

as SerialLain3170's pix2pix-gp has it (10 and 10, softplus).  WGAN-GP (Gulrajani et al. 2017) is
gan='wgan', lambda_gp=10, n_critic=5 and a drift of 1e-3 (Karras et al. 2018), R1 and R2 off.
Everything else is methods/pix2pix.py.
"""

from onepunch_jax.core import Method
from onepunch_jax.methods import pix2pix


def make(
  *,
  gen,
  disc,
  space='rgb',
  gan='vanilla',
  lambda_l1=10.0,
  lambda_gp=0.0,
  lambda_r1=10.0,
  lambda_r2=10.0,
  lambda_drift=0.0,
  n_critic=1,
) -> Method:
  """pix2pix with other defaults; the arguments are those of `pix2pix.make`.

  Raises:
    ValueError: no penalty at all is on, so that this is plain pix2pix; or batch norm is.
  """
  if not lambda_gp and not lambda_r1 and not lambda_r2:
    raise ValueError('No penalty is on: give lambda_r1, lambda_r2 or lambda_gp, or use pix2pix.')
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
