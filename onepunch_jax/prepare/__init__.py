"""What turns a raw uint8 batch into what a method reads, on the device, inside the jitted step.

Each module's `make(**kwargs)` returns a pure function (batch, key, step) -> batch.
"""

from collections.abc import Callable, Mapping

from onepunch_jax import registry
from onepunch_jax.core import fold_in
from onepunch_jax.data.batch import cast

MOVES = ('crop', 'flip')  # steps that move pixels and change none: they do well with bytes


def make(config: Mapping) -> Callable:
  """The steps that `config.order` names, each with its own section and its own key.

  Steps begin after `cast`, but for MOVES at the front of the order, which then move a quarter of
  the memory.

  Raises:
    ValueError: the order names a step that has no section.
  """
  names = tuple(config['order'])
  if missing := [name for name in names if name not in config]:
    raise ValueError(f'config.prepare.order names {missing}, which have no section beside it.')
  steps = {name: registry.prepare_step({'name': name, **config[name]}) for name in names}
  first = next((i for i, name in enumerate(names) if name not in MOVES), len(names))

  def prepare(batch, key, step):
    for i, (name, apply) in enumerate(steps.items()):
      batch = cast(batch) if i == first else batch
      batch = apply(batch, fold_in(key, name), step)
    return cast(batch) if first == len(names) else batch

  return prepare
