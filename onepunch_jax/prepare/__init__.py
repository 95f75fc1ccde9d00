"""What turns a raw uint8 batch into what a method reads, on the device, inside the jitted step.

Each module's `make(**kwargs)` returns a pure function (batch, key, step) -> batch.
"""

from collections.abc import Callable, Mapping

from onepunch_jax import registry
from onepunch_jax.core import fold_in
from onepunch_jax.data.batch import cast


def make(config: Mapping) -> Callable:
  """The steps that `config.order` names, each with its own section and its own key, after `cast`.

  Raises:
    ValueError: the order names a step that has no section.
  """
  names = tuple(config['order'])
  if missing := [name for name in names if name not in config]:
    raise ValueError(f'config.prepare.order names {missing}, which have no section beside it.')
  steps = {name: registry.prepare_step({'name': name, **config[name]}) for name in names}

  def prepare(batch, key, step):
    batch = cast(batch)
    for name, apply in steps.items():
      batch = apply(batch, fold_in(key, name), step)
    return batch

  return prepare
