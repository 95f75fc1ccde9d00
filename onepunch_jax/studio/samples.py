"""Pages to try the studio with."""

from onepunch_jax.pages.sample import sample_path


def samples() -> dict[str, tuple[str, str]]:
  """{id: (name, file)}."""
  return {'sample': ('Sample page', sample_path())}
