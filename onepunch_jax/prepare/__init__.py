"""Prepare steps: what turns a raw uint8 batch into what a method reads, inside the jitted step.

Each module's `make(**kwargs)` returns a `PrepareStep`: a pure function (batch, key, step) -> batch.
Steps that read random numbers fold the name of each into their key, so that adding one changes no
other.
"""

from collections.abc import Callable, Mapping

import jax

from onepunch_jax import registry
from onepunch_jax.core import Batch, fold_in
from onepunch_jax.data.batch import cast

PrepareStep = Callable[[Batch, jax.Array, jax.Array], Batch]
MOVES = ('crop', 'flip')  # steps that move pixels and change none: they can work on uint8


def make(config: Mapping) -> PrepareStep:
  """Chains the steps that `config.order` names, each with its own section and its own key.

  The batch is cast to float32 before the first step that is not in MOVES; steps of MOVES at the
  front of the order so move a quarter of the memory.

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
