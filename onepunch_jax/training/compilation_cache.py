"""Where compiled programs are kept between processes."""

import os

import jax


def use(folder: str, min_seconds: float = 1.0) -> None:
  """Keeps programs that took at least `min_seconds` to compile in `folder`; '' keeps none."""
  if folder:
    jax.config.update('jax_compilation_cache_dir', os.path.expanduser(folder))
    jax.config.update('jax_persistent_cache_min_compile_time_secs', min_seconds)
