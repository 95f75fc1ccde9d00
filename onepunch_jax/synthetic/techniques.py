"""How a drawing of `synthetic_all` is made that `synthetic` lacks: screentone, hatching, icons ...

A technique is a function of (seed, index) alone, from a stream of its own: the drawings that have
none are those of `synthetic`, to the bit.
"""

import dataclasses

import numpy as np

from onepunch_jax.synthetic import characters
from onepunch_jax.synthetic.hand import Style
from onepunch_jax.synthetic.render import Finish

PLAIN = 0.35  # share of the drawings that have no technique


@dataclasses.dataclass(frozen=True)
class Technique:
  """What is special about one drawing; any of it may come together.

  Attributes:
    screentone: dots, lines or greys are laid on regions of the line art.
    hatching: dense strokes, in the line art and in the colour picture.
    blacks: dark regions are solid ink.
    patterns: regions are checked, striped or dotted by regions of another colour.
    texture: 'pencil' or 'brush' (dry), how lines cover the paper; '' is evenly.
    icon: few closed shapes in thick even lines.
    angles: heads from more angles, and several of them.
    rng: for whatever the above need.
  """

  screentone: bool
  hatching: bool
  blacks: bool
  patterns: bool
  texture: str
  icon: bool
  angles: bool
  rng: np.random.Generator


NONE = Technique(False, False, False, False, '', False, False, characters.stream(0))


def technique_of(seed: int, index: int, person: bool | None = None) -> Technique:
  """A function of (seed, index) alone, and of whether the drawing shows a character.

  Args:
    seed: of the drawing.
    index: of the drawing.
    person: whether it shows a character; None: as it does of itself.
  """
  rng = characters.stream(16, seed, index)
  if rng.random() < PLAIN:
    return NONE
  screentone, hatching, blacks, patterns, textured, icon, angles = rng.random(7)
  person = characters.kind(seed, index) == 'character' if person is None else person
  is_icon = not person and bool(icon < 0.4)
  return Technique(
    screentone=bool(screentone < (0.15 if is_icon else 0.42)),
    hatching=bool(hatching < 0.22) and not is_icon,
    blacks=bool(blacks < 0.3),
    patterns=bool(patterns < 0.25) and not is_icon,
    texture=('pencil', 'brush')[int(rng.integers(2))]
    if textured < (0.05 if is_icon else 0.22)
    else '',
    icon=is_icon,
    angles=person and bool(angles < 0.45),
    rng=rng,
  )


def restyled(technique: Technique, style: Style, finish: Finish) -> tuple[Style, Finish]:
  """The hand and the finish of a drawing as its technique has them."""
  rng = technique.rng
  if technique.icon:
    style = dataclasses.replace(
      style,
      weight=256 * float(rng.uniform(0.03, 0.08)),
      contrast=0.0,
      taper=1.0,
      wobble=0.0,
      echo=0.0,
      hatching=False,
    )
  elif technique.texture == 'pencil':
    style = dataclasses.replace(
      style,
      weight=float(rng.uniform(1.3, 2.6)),
      taper=0.15,
      wobble=float(rng.uniform(0.2, 0.8)),
      echo=float(rng.uniform(0.4, 1.2)) if rng.random() < 0.5 else 0.0,
    )
  elif technique.texture == 'brush':
    style = dataclasses.replace(
      style, weight=float(rng.uniform(2.2, 4.6)), contrast=float(rng.uniform(0.3, 0.6)), taper=0.15
    )
  if technique.texture == 'pencil':
    finish = dataclasses.replace(finish, black=int(rng.integers(20, 110)))
  return style, finish


def turned(look: characters.Look, rng: np.random.Generator) -> characters.Look:
  """The same expression from any angle: from the side, from above or below, tilted."""
  profile = look.profile or bool(rng.random() < 0.22)
  yaw = rng.uniform(-0.95, 0.95)
  return dataclasses.replace(
    look,
    yaw=float(np.copysign(0.95, yaw)) if profile else float(yaw),
    pitch=float(rng.uniform(-1.0, 1.0)),
    roll=float(rng.uniform(-0.7, 0.7)),
    lids='open' if profile and look.lids == 'wink' else look.lids,
    profile=profile,
  )
