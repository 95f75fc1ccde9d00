"""Parameters of small nets in .npz files, float16: those that come with the package."""

import os
from typing import Any

import jax.numpy as jnp
import numpy as np
from flax import traverse_util


def save(path: str | os.PathLike, params: Any) -> None:
  """Writes parameters to a .npz file, in float16."""
  flat = traverse_util.flatten_dict(params, sep='/')
  np.savez_compressed(path, **{name: np.asarray(x, np.float16) for name, x in flat.items()})


def load(path: str | os.PathLike) -> Any:
  """The parameters in a file that `save` wrote, float32."""
  with np.load(path) as file:
    flat = {name: jnp.asarray(file[name], jnp.float32) for name in file.files}
  return traverse_util.unflatten_dict(flat, sep='/')
