"""Standing, walking or jumping bodies: joints from a pose, in head radii, head centre at 0."""

from __future__ import annotations

import dataclasses

import numpy as np

# Angles in degrees from straight down, positive away from the body: (upper arm, forearm) of both
# arms, (thigh, shin) of both legs, lean of the trunk.
_POSES = {
  'stand': ((14, 6), (14, 6), (5, 1), (5, 1), 0),
  'easy': ((16, 4), (30, -60), (3, 0), (12, 4), 3),
  'wave': ((14, 8), (118, 168), (5, 2), (8, 2), -3),
  'hips': ((44, -52), (44, -52), (10, 4), (10, 4), 0),
  'cheer': ((146, 166), (146, 166), (8, 3), (8, 3), 0),
  'point': ((16, 4), (88, 92), (4, 0), (12, 4), 2),
  'walk': ((24, -8), (28, 40), (24, 2), (-14, -24), 4),
  'run': ((48, -40), (50, 110), (46, -8), (-22, -62), 10),
  'jump': ((128, 150), (118, 140), (34, -44), (22, -52), 0),
  'star': ((82, 88), (82, 88), (26, 22), (26, 22), 0),
  'think': ((20, -10), (34, 152), (4, 0), (10, 2), 2),
  'kneel': ((20, -14), (20, -14), (22, -68), (22, -68), 0),
  'dance': ((110, 40), (130, 150), (8, 2), (40, -50), -6),
}
POSES = tuple(_POSES)


@dataclasses.dataclass(frozen=True)
class Body:
  """Joints [x, y] in head radii; index 0 = left, 1 = right in the picture."""

  neck: np.ndarray
  hip: np.ndarray
  shoulders: tuple
  elbows: tuple
  hands: tuple
  hips: tuple
  knees: tuple
  feet: tuple
  shoulder: float  # half width
  waist: float
  pelvis: float
  arm: float  # radius
  leg: float


def _reach(start, side, length, angle):
  a = np.radians(angle)
  return start + length * np.array([side * np.sin(a), np.cos(a)])


def pose(who, name: str, mirrored: bool, shake) -> Body:
  """The joints of a character in a named pose; `shake`: eight numbers, degrees added."""
  arms_l, arms_r, legs_l, legs_r, lean = _POSES[name]
  if mirrored:
    arms_l, arms_r, legs_l, legs_r, lean = arms_r, arms_l, legs_r, legs_l, -lean
  rest = who.heads * 2.08 - 2.1
  trunk, leg = rest * 0.4, rest * 0.58
  arm = trunk * 0.52 + 0.12 * rest
  shoulder = (0.5 + 0.14 * who.heads) * who.build * (0.92 if who.girl else 1.06)
  pelvis = (0.46 + 0.085 * who.heads) * who.build * (1.05 if who.girl else 0.98)
  neck = np.array([0.0, 1.08 + 0.02 * who.heads])
  hip = neck + trunk * np.array([np.sin(np.radians(lean)), np.cos(np.radians(lean))])
  thick = 0.15 + 0.032 * who.heads
  joints = {'shoulders': [], 'elbows': [], 'hands': [], 'hips': [], 'knees': [], 'feet': []}
  for k, (side, arms, legs) in enumerate(((-1, arms_l, legs_l), (1, arms_r, legs_r))):
    s = neck + np.array([side * (shoulder - thick * 0.8), 0.16 + 0.03 * who.heads])
    e = _reach(s, side, arm * 0.5, arms[0] + shake[k])
    joints['shoulders'].append(s)
    joints['elbows'].append(e)
    joints['hands'].append(_reach(e, side, arm * 0.48, arms[1] + shake[2 + k]))
    h = hip + np.array([side * pelvis * 0.5, 0.0])
    n = _reach(h, side, leg * 0.5, legs[0] + shake[4 + k] * 0.5)
    joints['hips'].append(h)
    joints['knees'].append(n)
    joints['feet'].append(_reach(n, side, leg * 0.5, legs[1] + shake[6 + k] * 0.5))
  return Body(
    neck=neck,
    hip=hip,
    **{name: tuple(p) for name, p in joints.items()},
    shoulder=shoulder,
    waist=pelvis * (0.82 if who.girl else 0.96),
    pelvis=pelvis,
    arm=thick,
    leg=thick * 1.3,
  )


def low_of(body: Body) -> float:
  return float(max(f[1] for f in body.feet)) + 0.4
