"""From the maps of a sheet to pictures: line, flat colour, finished colour."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from onepunch_jax.synthetic import raster


@dataclasses.dataclass(frozen=True)
class Finish:
  """How the finished colour picture takes ink, shadow and light."""

  shadow: tuple  # what a full shadow multiplies a colour by, r g b in 0..1
  light: tuple  # sRGB of a full highlight
  ink: tuple  # sRGB of the ink in the colour picture
  own: float  # 0..1: lines take a dark shade of what they border
  black: int  # grey of full ink in the line picture, 0..255


def develop(sheet: raster.Sheet, finish: Finish, size: int) -> dict:
  """uint8 line, regions, tone [s, s, 1] and rgb, flat [s, s, 3], as `draw.draw` explains them."""
  step = sheet.labels.shape[0] // size
  palette = np.zeros((256, 3), np.uint8)
  palette[: len(sheet.colors)] = sheet.colors
  regions = np.ascontiguousarray(sheet.labels[step // 2 :: step, step // 2 :: step])
  color = cv2.cvtColor(_reduced(_painted(sheet.labels, palette), size), cv2.COLOR_RGBA2RGB)
  if sheet.tints:
    color = color.astype(np.float32)
    for tint in sheet.tints:
      _lay(color, sheet, tint, step)
    color = cv2.convertScaleAbs(color)
  tone = _reduced(sheet.tone, size)
  low, high, _, _ = cv2.minMaxLoc(tone)
  if low < raster.NEUTRAL:
    dark = color.reshape(size, -1) * np.tile(np.array(finish.shadow, np.float32), size)
    dark = cv2.convertScaleAbs(dark).reshape(size, size, 3)
    cover = cv2.subtract(raster.NEUTRAL, tone).astype(np.float32) / 127
    color = _mixed(color, dark, cover)
  if high > raster.NEUTRAL:
    cover = cv2.subtract(tone, raster.NEUTRAL).astype(np.float32) / 127
    color = _mixed(color, _filled(size, finish.light), cover)
  ink = _reduced(sheet.ink, size)
  stroke = _filled(size, finish.ink)
  if finish.own:
    k = max(3, size // 64 * 2 + 1)
    stroke = cv2.addWeighted(stroke, 1 - finish.own, cv2.blur(color, (k, k)), finish.own * 0.42, 0)
  color = _mixed(color, stroke, ink.astype(np.float32) / 255)
  if sheet.screentone is not None:
    ink = cv2.max(ink, _reduced(sheet.screentone, size))
  line = cv2.convertScaleAbs(ink, alpha=-(255 - finish.black) / 255, beta=255)
  return {
    'line': line[..., None],
    'rgb': color,
    'flat': cv2.cvtColor(_painted(regions, palette), cv2.COLOR_RGBA2RGB),
    'regions': regions[..., None],
    'tone': tone[..., None],
  }


def _painted(labels: np.ndarray, palette: np.ndarray) -> np.ndarray:
  """The colours [256, 3] of labels [h, w] as uint8 [h, w, 4]: one look-up of four bytes a pixel."""
  table = np.zeros((256, 4), np.uint8)
  table[:, :3] = palette
  return cv2.LUT(labels, table.view(np.int32)).view(np.uint8).reshape(*labels.shape, 4)


def _reduced(image: np.ndarray, size: int) -> np.ndarray:
  return cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)


def _filled(size: int, rgb: tuple) -> np.ndarray:
  """uint8 [size, size, 3] of one colour; many times faster than np.full."""
  out = np.empty((size, size, 3), np.uint8)
  cv2.rectangle(out, (0, 0), (size, size), [int(c) for c in rgb], cv2.FILLED)
  return out


def _mixed(a, b, cover) -> np.ndarray:
  """Two uint8 pictures [s, s, 3] mixed: cover [s, s] float32 = the share of the second."""
  return cv2.blendLinear(a, b, 1 - cover, cover)


def _lay(color, sheet, tint, step) -> None:
  """Mix a tint into `color` [size, size, 3] float32, in place."""
  scale = sheet.scale
  low, high = np.array(tint.box[:2]), np.array(tint.box[2:])
  if tint.polygons:
    points = np.concatenate(tint.polygons)
    low = np.maximum(low, points.min(0) - 2 * tint.blur)
    high = np.minimum(high, points.max(0) + 2 * tint.blur)
  side = color.shape[0]
  x0, y0 = np.clip(np.floor(low * scale / step), 0, side).astype(int)
  x1, y1 = np.clip(np.ceil(high * scale / step), 0, side).astype(int)
  if x1 <= x0 or y1 <= y0:
    return
  labels = sheet.labels[y0 * step : y1 * step, x0 * step : x1 * step]
  mask = raster.where(labels, tint.part)
  if tint.polygons:
    drawn = np.zeros_like(mask)
    shift = np.array([x0 * step, y0 * step])
    for p in tint.polygons:
      q = np.rint((p * scale - shift) * 16 - 8).astype(np.int32)
      cv2.fillPoly(drawn, [q], 255, cv2.LINE_8, 4)
    if tint.blur:
      drawn = raster.soften(drawn, tint.blur * scale)
    mask = cv2.bitwise_and(mask, drawn)
  cover = cv2.resize(mask, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
  left, top, wide, high = cv2.boundingRect(cover)
  if not wide:
    return
  cover = cover[top : top + high, left : left + wide].astype(np.float32)
  cover *= tint.amount / 255
  x0, y0 = x0 + left, y0 + top
  x1, y1 = x0 + wide, y0 + high
  if len(tint.ramp):
    a, b = np.array(tint.ramp[:2]), np.array(tint.ramp[2:])
    d = (b - a) / max(float((b - a) @ (b - a)), 1e-6)
    pixel = step / scale
    x = (np.arange(x0, x1) + 0.5) * pixel - a[0]
    y = (np.arange(y0, y1) + 0.5) * pixel - a[1]
    t = np.add(x * d[0], y[:, None] * d[1], out=np.empty_like(cover), casting='same_kind')
    cover *= np.clip(t, 0, 1, out=t)
  view = color.reshape(side, -1)[y0:y1, 3 * x0 : 3 * x1]  # long rows are faster than triples
  moved = np.tile(np.array(tint.rgb, np.float32), wide) - view
  moved *= cv2.merge([cover] * 3).reshape(moved.shape)
  view += moved
