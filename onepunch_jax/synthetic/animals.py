"""Animals by name, each about the origin within a radius of about 1 (y down)."""

from __future__ import annotations

from onepunch_jax.synthetic import creatures, mammals

_OTHERS = {
  'bird': creatures.bird,
  'owl': creatures.owl,
  'penguin': creatures.penguin,
  'fish': creatures.fish,
  'whale': creatures.whale,
  'butterfly': creatures.butterfly,
  'snail': creatures.snail,
  'turtle': creatures.turtle,
}
KINDS = (*mammals.KINDS, *_OTHERS)


def draw_animal(pen, kind: str, rng) -> None:
  pen.tag('animal', kind)
  if kind in _OTHERS:
    _OTHERS[kind](pen, rng)
  elif rng.random() < 0.4:
    mammals.walking(pen, kind, rng)
  else:
    mammals.sitting(pen, kind, rng)
