"""Periodic screens over a canvas: the dots and lines of screentone, checks and stripes; and grain.

A screen is a function of two phases, u and v, that grow in two directions at right angles, one
turn to each ruling. A phase is a sum of a term of x and one of y, so that a whole screen costs a
few products of rows and columns.
"""

import dataclasses
import functools

import cv2
import numpy as np


@dataclasses.dataclass(frozen=True)
class Screen:
  """A ruling over the sheet. Lengths in units (a sheet is 256 wide).

  Attributes:
    kind: 'dots', 'lines' or 'checks'.
    ruling: the distance from one dot or line to the next.
    angle: radians.
    sway: how far the ruling sways from straight, as a share of a turn.
    swing: the distance from one sway to the next.
    phase: of the two sways and of u and v, radians.
  """

  kind: str
  ruling: float
  angle: float
  sway: float = 0.0
  swing: float = 80.0
  phase: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

  def values(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """float32 [len(y), len(x)] in [-1, 1] at the crossings of columns x and rows y, in units."""
    u = self._phase(x, y, self.angle, 2)
    if self.kind == 'lines':
      return _cosine(*u)
    v = self._phase(x, y, self.angle + np.pi / 2, 3)
    if self.kind == 'checks':
      return _cosine(*u) * _cosine(*v)
    return (_cosine(*u) + _cosine(*v)) * np.float32(0.5)

  def _phase(
    self, x: np.ndarray, y: np.ndarray, angle: float, which: int
  ) -> tuple[np.ndarray, np.ndarray]:
    """The terms of x and of y of a phase that grows towards `angle`."""
    turn, swing = 2 * np.pi / self.ruling, 2 * np.pi / self.swing
    sway = 2 * np.pi * self.sway
    of_x = x * (turn * np.cos(angle)) + sway * np.sin(x * swing + self.phase[0])
    of_y = y * (turn * np.sin(angle)) + sway * np.sin(y * swing + self.phase[1])
    return of_x + self.phase[which], of_y


def _cosine(of_x: np.ndarray, of_y: np.ndarray) -> np.ndarray:
  """cos(of_x + of_y) as float32 [len(of_y), len(of_x)]."""
  cos_x, sin_x = (f(of_x).astype(np.float32) for f in (np.cos, np.sin))
  cos_y, sin_y = (f(of_y).astype(np.float32)[:, None] for f in (np.cos, np.sin))
  out = cos_y * cos_x
  out -= sin_y * sin_x
  return out


def ramp(x: np.ndarray, y: np.ndarray, angle: float, start: float, end: float) -> np.ndarray:
  """float32 [len(y), len(x)]: 0 before `start` along `angle`, 1 after `end`, linear between."""
  scale = 1 / (end - start)
  of_x = ((x * np.cos(angle) - start) * scale).astype(np.float32)
  of_y = (y * np.sin(angle) * scale).astype(np.float32)[:, None]
  return np.clip(of_y + of_x, 0, 1)


def grain(side: int, streak: int, across: bool, number: int) -> np.ndarray:
  """uint8 [side, side]: the grain of paper under a pencil, or the streaks of a dry brush.

  Args:
    side: of the canvas in pixels.
    streak: length of a streak in pixels of a canvas of 512; 1 is grain.
    across: whether streaks run from left to right, not from top to bottom.
    number: which one; any int.
  """
  tile = _grain(side, streak)
  out = np.roll(tile, (number * 7919 % side, number * 104729 % side), (0, 1))
  return np.ascontiguousarray(out.T) if across else out


@functools.lru_cache(8)
def _grain(side: int, streak: int) -> np.ndarray:
  noise = np.random.Generator(np.random.PCG64(5)).random((512, 512)).astype(np.float32)
  noise = np.concatenate([noise] * 2)[: 512 + streak] if streak > 1 else noise
  kernel = (1, streak) if streak > 1 else (2, 2)
  noise = cv2.blur(noise, kernel)[-512:]
  noise = (noise - noise.mean()) / noise.std()
  large = cv2.resize(noise, (side, side), interpolation=cv2.INTER_LINEAR)
  return np.clip(128 + 64 * large, 0, 255).astype(np.uint8)
