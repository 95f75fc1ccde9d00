"""Hair over the face: fringe, side locks, shine, beard, in the head frame."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic.hair import fill, shell, tip_colors
from onepunch_jax.synthetic.shapes import bow, curve, join, lock, moved, spline


def draw_side_locks(pen, who, look) -> None:
  """Strands in front of the ears."""
  if who.back in ('none', 'short', 'afro', 'spiky') or who.strands[10] < -0.2:
    return
  reach = 0.75 + 0.5 * (1 + who.strands[11]) * (
    1.2 if who.back in ('long', 'wavy', 'twin') else 0.5
  )
  for s in (-1, 1):
    x = s * 0.92 - look.yaw * (0.02 + 0.1 * (s * look.yaw > 0))
    tip = (x - s * 0.04 + 0.06 * who.strands[12], min(reach, 1.9))
    p = join(
      curve((x - s * 0.16, -0.4), (x - s * 0.22, tip[1] * 0.5), tip),
      curve(tip, (x + s * 0.16, tip[1] * 0.45), (x + s * 0.13, -0.4))[1:],
    )
    part = fill(pen, who, p, volume=0.4)
    tip_colors(pen, who, part, 0.2, who.hair_length)


def draw_fringe(pen, who, look) -> None:
  """The cap of hair and its fringe, with strands and shine."""
  if who.back == 'none':
    return
  end = 1.62
  top = shell(who, look, -end, end)
  if who.back == 'spiky' or who.fringe == 'spiky':
    top = _spiked(who, look, end)
  edge, valleys = _edge(who, look, top)
  part = pen.part('hair', who.hair)
  shape = join(top, edge[1:-1])
  skin = pen.part('skin', who.skin)
  drop = 0.1
  pen.shadow(moved(shape, 0.03 - 0.05 * pen.style.light[0], drop), skin, 0.9, 0.05)
  pen.fill(shape, part, volume=0.35)
  shine(pen, who, look, part)
  crown = np.array([-look.yaw * 0.45 + 0.25 * who.strands[13], -0.98])
  if pen.unit > 13:
    for k, v in enumerate(valleys):
      t = 0.5 + 0.25 * who.strands[(k + 14) % 24]
      end_point = v + (crown - v) * t
      out = (v + end_point) / 2 + ((v - crown) * (0.12, 0))
      pen.line(curve(v, out, end_point), 0.8, (1, 0.1))
  if who.ahoge:
    x = crown[0]
    p = lock(
      (x, -1.08), (x + 0.42 * np.sign(who.strands[15]), -1.5), 0.13, 0.25 * np.sign(who.strands[15])
    )
    pen.fill(p, part)


def _spiked(who, look, end):
  base = shell(who, look, -end, end, 15)
  out = shell(who, look, -end, end, 15, swell=1.26)
  points = [base[:1]]
  for k in range(14):
    t = 0.62 if k >= 7 else 0.38
    tip = out[k] * (1 - t) + out[k + 1] * t
    tip = tip * (1 + 0.1 * who.strands[k])
    points += [bow(points[-1][-1], tip, -0.1, 5)[1:], bow(tip, base[k + 1], -0.1, 5)[1:]]
  return join(*points)


def _edge(who, look, top):
  """The lower edge of the fringe from the right end of `top` to its left end, and its valleys."""
  (x0, y0), (x1, y1) = top[0], top[-1]
  middle = look.yaw * 0.42
  low = 0.04 + 0.07 * who.strands[16] + look.pitch * 0.1
  style = who.fringe

  def across(u):  # -1 = left end, 1 = right end, 0 = middle of the face
    return middle + (x1 - middle) * u if u > 0 else middle + (middle - x0) * u

  if style == 'curtain':
    part_at = 0.25 * who.strands[17]
    us = [1.0, 0.72, 0.42, part_at, -0.42, -0.72, -1.0]
    tips = [0.75, 0.35, None, None, 0.35, 0.75]
    valleys = [y1, 0.2, -0.25, -0.62, -0.25, 0.2, y0]
  elif style == 'center':
    us = [1.0, 0.8, 0.5, 0.06, -0.06, -0.5, -0.8, -1.0]
    tips = [0.5, low + 0.18, low + 0.05, low + 0.16, low + 0.05, low + 0.18, 0.5]
    valleys = [y1, -0.1, -0.28, -0.3, -0.3, -0.28, -0.1, y0]
  elif style in ('side', 'swept'):
    us = [1.0, 0.62, 0.2, -0.25, -0.65, -1.0]
    lift = 0.45 if style == 'swept' else 0.2
    tips = [0.45, low + 0.12, low + 0.02, low - lift * 0.5, 0.25]
    valleys = [y1, -0.12, -0.3, -0.42, -0.45, y0]
    if who.strands[18] > 0:
      us = [-u for u in us[::-1]]
      tips, valleys = tips[::-1], [y1, *valleys[1:-1][::-1], y0]
  elif style == 'blunt':
    us = list(np.linspace(1, -1, 8))
    tips = [0.42] + [low] * 5 + [0.42]
    valleys = [y1, 0.02] + [low - 0.1] * 4 + [0.02, y0]
  else:
    n = 6
    us = [u + 0.06 * who.strands[k] for k, u in enumerate(np.linspace(1, -1, n + 1))]
    us[0], us[-1] = 1.0, -1.0
    tips = [0.42 if k in (0, n - 1) else low + 0.16 * who.strands[k + 6] for k in range(n)]
    valleys = [y1] + [-0.3 + 0.08 * who.strands[k + 12] for k in range(n - 1)] + [y0]
  lean = {'side': 0.18, 'swept': 0.3}.get(style, 0.0)
  if who.strands[18] > 0:
    lean = -lean
  points, roots = [], []
  for k in range(len(us) - 1):
    a = np.array([across(us[k]), valleys[k]])
    b = np.array([across(us[k + 1]), valleys[k + 1]])
    if tips[k] is None:
      points.append(bow(a, b, -0.12 if us[k + 1] < us[k] else 0.1, 7)[:-1])
    else:
      tip = np.array(
        [across((us[k] + us[k + 1]) / 2 - lean * 0.5 + 0.05 * who.strands[k]), tips[k]]
      )
      if style == 'blunt':
        q, r = np.array([a[0], tips[k]]), np.array([b[0], tips[k]])
        points += [np.stack([a, q * 0.94 + r * 0.06]), np.stack([r * 0.94 + q * 0.06])]
      else:
        points += [bow(a, tip, 0.07, 6)[:-1], bow(tip, b, 0.07, 6)[:-1]]
    if k:
      roots.append(a)
  points.append(np.array([[x0, y0]]))
  return join(*points), roots


def shine(pen, who, look, part) -> None:
  """The ring of light on smooth hair."""
  if not pen.style.depth or who.back in ('afro', 'curly') or who.strands[19] < -0.5:
    return
  a = np.linspace(-0.9, 0.9, 19)
  r = 0.86
  jag = 0.09 * np.where(np.arange(19) % 2, 1, -0.6) * (pen.style.shading == 'cel')
  outer = np.stack([np.sin(a) * r - look.yaw * 0.1, -np.cos(a) * r * 0.75 - 0.12], 1)
  upper, lower = (
    outer + np.stack([a * 0, -0.05 - jag * 0.6], 1),
    outer + np.stack([a * 0, 0.05 + jag], 1),
  )
  lower[0], lower[-1] = upper[0], upper[-1]
  pen.light(join(upper, lower[::-1]), part, 0.75, 0.05)


def draw_beard(pen, who, look) -> None:
  """A beard along the jaw."""
  part = pen.part('hair', who.hair)
  yaw = look.yaw
  outer = spline(
    [
      (-0.88, 0.3),
      (-0.75 + yaw * 0.1, 0.75),
      (yaw * 0.25, 1.25),
      (0.75 + yaw * 0.1, 0.75),
      (0.88, 0.3),
    ],
    n=6,
  )
  inner = spline(
    [
      (0.74, 0.42),
      (0.45 + yaw * 0.15, 0.62),
      (yaw * 0.35, 0.6),
      (-0.45 + yaw * 0.15, 0.62),
      (-0.74, 0.42),
    ],
    n=6,
  )
  pen.fill(join(outer, inner), part, volume=0.3)
