"""Things by name, each about the origin within a radius of about 1 (y down)."""

from __future__ import annotations

from onepunch_jax.synthetic import food, household, machines, toys

_DRAW = {
  'cup': household.cup,
  'book': household.book,
  'car': machines.car,
  'balloon': toys.balloon,
  'fruit': food.fruit,
  'umbrella': household.umbrella,
  'box': household.box_,
  'boat': machines.boat,
  'ball': toys.ball,
  'lamp': household.lamp,
  'robot': machines.robot,
  'rocket': machines.rocket,
  'mushroom': food.mushroom,
  'bottle': household.bottle,
  'cake': food.cake,
  'guitar': toys.guitar,
  'house': machines.house,
  'crystal': toys.crystal,
  'clock': household.clock,
  'fish bowl': household.fish_bowl,
}
KINDS = tuple(_DRAW)
_UNTAGGED = ('crystal', 'clock', 'fish bowl')


def draw_object(pen, kind: str, rng) -> None:
  if kind not in _UNTAGGED:
    pen.tag(kind)
  _DRAW[kind](pen, rng)
