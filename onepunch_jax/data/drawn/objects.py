"""Things by name, each about the origin within a radius of about 1 (y down)."""

from __future__ import annotations

from onepunch_jax.data.drawn import food, machines, toys, wares

_DRAW = {
  'cup': wares.cup, 'book': wares.book, 'car': machines.car, 'balloon': toys.balloon,
  'fruit': food.fruit, 'umbrella': wares.umbrella, 'box': wares.box_, 'boat': machines.boat,
  'ball': toys.ball, 'lamp': wares.lamp, 'robot': machines.robot, 'rocket': machines.rocket,
  'mushroom': food.mushroom, 'bottle': wares.bottle, 'cake': food.cake, 'guitar': toys.guitar,
  'house': machines.house, 'crystal': toys.crystal, 'clock': wares.clock,
  'fish bowl': wares.fish_bowl,
}
KINDS = tuple(_DRAW)
_UNTAGGED = ('crystal', 'clock', 'fish bowl')


def draw_object(pen, kind: str, rng) -> None:
  if kind not in _UNTAGGED:
    pen.tag(kind)
  _DRAW[kind](pen, rng)
