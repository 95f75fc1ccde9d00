"""Curves: functions from a few numbers to polylines [n, 2] (x right, y down)."""

from __future__ import annotations

import functools

import numpy as np

_CATMULL = 0.5 * np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]], float)


@functools.lru_cache(64)
def _weights(n: int) -> np.ndarray:
  t = np.arange(n)[:, None] / n
  return (t ** np.arange(4)) @ _CATMULL


@functools.lru_cache(64)
def _quadratic(n: int) -> np.ndarray:
  t = np.linspace(0, 1, n)[:, None]
  return np.concatenate([(1 - t) ** 2, 2 * t * (1 - t), t**2], 1)


@functools.lru_cache(256)
def _circle(n: int) -> np.ndarray:
  a = np.arange(n) * (2 * np.pi / n)
  return np.stack([np.cos(a), np.sin(a)], 1)


def spline(points, closed: bool = False, n: int = 7) -> np.ndarray:
  """A smooth (Catmull-Rom) curve through the points, n samples to a span."""
  p = np.asarray(points, float)
  if closed:
    p = np.concatenate([p[-1:], p, p[:2]])
  else:
    p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
  spans = np.stack([p[:-3], p[1:-2], p[2:-1], p[3:]], 1)
  curve = (_weights(n) @ spans).reshape(-1, 2)
  return curve if closed else np.concatenate([curve, p[-2:-1]])


def bow(a, b, bend: float = 0.0, n: int = 9) -> np.ndarray:
  """An arc-like curve from a to b; `bend` is its height over the chord as a share of its length."""
  ax, ay = a
  bx, by = b
  mid = ((ax + bx) / 2 - (by - ay) * bend * 2, (ay + by) / 2 + (bx - ax) * bend * 2)
  return _quadratic(n) @ np.array([a, mid, b], float)


def curve(a, control, b, n: int = 9) -> np.ndarray:
  """A quadratic Bezier curve."""
  return _quadratic(n) @ np.array([a, control, b], float)


def join(*curves) -> np.ndarray:
  return np.concatenate([np.asarray(c, float).reshape(-1, 2) for c in curves])


def ellipse(x, y, rx, ry=None, angle: float = 0.0, n: int = 28) -> np.ndarray:
  p = _circle(n) * (rx, rx if ry is None else ry)
  if angle:
    p = turn(p, angle)
  return moved(p, x, y)


def arc(x, y, rx, ry, start: float, end: float, n: int = 14) -> np.ndarray:
  """Part of an ellipse between two angles in radians (0 = right, pi/2 = down)."""
  a = np.linspace(start, end, n)
  return np.stack([x + rx * np.cos(a), y + ry * np.sin(a)], 1)


def turn(points, angle: float, about=(0.0, 0.0)) -> np.ndarray:
  c, s = np.cos(angle), np.sin(angle)
  p = np.asarray(points, float) - about
  return p @ np.array([[c, s], [-s, c]]) + about


def mirrored(points) -> np.ndarray:
  """Close the right half of a symmetric shape (from top to bottom) by its mirror image."""
  p = np.asarray(points, float)
  return np.concatenate([p, (p * (-1, 1))[::-1]])


def box(x0, y0, x1, y1) -> np.ndarray:
  return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], float)


def rounded(x0, y0, x1, y1, r) -> np.ndarray:
  """A box with round corners."""
  r = min(r, abs(x1 - x0) / 2, abs(y1 - y0) / 2)
  q = np.pi / 2
  return join(
    arc(x0 + r, y0 + r, r, r, 2 * q, 3 * q, 6),
    arc(x1 - r, y0 + r, r, r, 3 * q, 4 * q, 6),
    arc(x1 - r, y1 - r, r, r, 0, q, 6),
    arc(x0 + r, y1 - r, r, r, q, 2 * q, 6),
  )


def normals(p: np.ndarray) -> np.ndarray:
  """Unit normals along an open polyline."""
  d = np.empty_like(p)
  d[1:-1] = p[2:] - p[:-2]
  d[0] = p[1] - p[0]
  d[-1] = p[-1] - p[-2]
  n = np.empty_like(p)
  length = np.hypot(d[:, 0], d[:, 1]) + 1e-9
  n[:, 0] = -d[:, 1] / length
  n[:, 1] = d[:, 0] / length
  return n


def limb(joints, radii, n: int = 6, cap: bool = True) -> np.ndarray:
  """The outline of a limb: a smooth axis through the joints with a radius at each."""
  p = spline(joints, n=n)
  r = spline(np.stack([radii, radii], 1), n=n)[:, :1]
  m = normals(p) * r
  left, right = p + m, (p - m)[::-1]
  if not cap:
    return np.concatenate([left, right])
  a = np.arctan2(m[-1, 1], m[-1, 0])
  end = arc(p[-1, 0], p[-1, 1], r[-1, 0], r[-1, 0], a, a - np.pi, 7)[1:-1]
  b = np.arctan2(-m[0, 1], -m[0, 0])
  start = arc(p[0, 0], p[0, 1], r[0, 0], r[0, 0], b, b - np.pi, 7)[1:-1]
  return np.concatenate([left, end, right, start])


def lock(root, tip, width: float, bend: float, n: int = 8) -> np.ndarray:
  """A tapering strand from root to tip: wide at the root, bent sideways, pointed."""
  root, tip = np.asarray(root, float), np.asarray(tip, float)
  d = tip - root
  side = np.array([-d[1], d[0]])
  unit = side / max(np.hypot(*side), 1e-9)
  mid = (root + tip) / 2 + side * bend
  w = unit * width / 2
  return join(curve(root - w, mid - w * 1.2, tip, n), curve(tip, mid + w * 1.2, root + w, n)[1:])


def scalloped(points, size: float, bulge: float = 0.5, n: int = 6) -> np.ndarray:
  """A closed outline made of bumps of about `size` along a closed polyline: clouds, fleece."""
  p = np.asarray(points, float)
  p = np.concatenate([p, p[:1]])
  step = np.sqrt(((p[1:] - p[:-1]) ** 2).sum(1))
  at = np.concatenate([[0], np.cumsum(step)])
  count = max(3, round(at[-1] / size))
  s = np.linspace(0, at[-1], count + 1)
  q = np.stack([np.interp(s, at, p[:, 0]), np.interp(s, at, p[:, 1])], 1)
  area = (p[:-1, 0] * p[1:, 1] - p[1:, 0] * p[:-1, 1]).sum()
  sign = -bulge if area > 0 else bulge
  return np.concatenate([bow(q[i], q[i + 1], sign, n)[:-1] for i in range(count)])


def star(x, y, outer, inner, points: int, angle: float = -np.pi / 2) -> np.ndarray:
  a = angle + np.arange(points * 2) * np.pi / points
  r = np.where(np.arange(points * 2) % 2, inner, outer)
  return np.stack([x + r * np.cos(a), y + r * np.sin(a)], 1)


def zigzag(a, b, teeth: int, height: float) -> np.ndarray:
  """Teeth along the way from a to b, to the left of it for a positive height."""
  a, b = np.asarray(a, float), np.asarray(b, float)
  t = np.linspace(0, 1, teeth * 2 + 1)[:, None]
  d = b - a
  side = np.array([d[1], -d[0]]) / max(np.hypot(*d), 1e-9)
  return a + t * d + side * height * (np.arange(teeth * 2 + 1) % 2)[:, None]


def waves(a, b, count: float, height: float, n: int = 24, phase: float = 0.0) -> np.ndarray:
  """A sine along the way from a to b."""
  a, b = np.asarray(a, float), np.asarray(b, float)
  t = np.linspace(0, 1, n)[:, None]
  d = b - a
  side = np.array([d[1], -d[0]]) / max(np.hypot(*d), 1e-9)
  return a + t * d + side * height * np.sin(2 * np.pi * count * t + phase)


def spiral(x, y, r0, r1, turns: float, n: int = 48, angle: float = 0.0) -> np.ndarray:
  t = np.linspace(0, 1, n)
  a = angle + t * turns * 2 * np.pi
  r = r0 + (r1 - r0) * t
  return np.stack([x + r * np.cos(a), y + r * np.sin(a)], 1)


def moved(points, dx: float, dy: float) -> np.ndarray:
  return np.asarray(points, float) + np.array([dx, dy])


def ring(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
  """The band between two closed outlines, as one polygon."""
  return join(outer, outer[:1], inner[:1], inner[::-1])


def off(point, dx: float, dy: float) -> np.ndarray:
  """A point beside another."""
  return np.array([point[0] + dx, point[1] + dy])
