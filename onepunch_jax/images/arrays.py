"""Pictures of callers -- PIL images, arrays -- as `pages.io` would have read them, and back."""

import numpy as np
from PIL import Image

from onepunch_jax.images import pixels
from onepunch_jax.images.reader import Picture

_ORIENTATION = 0x0112


def picture(image: Image.Image | np.ndarray) -> Picture:
  """A PIL image or an array as a Picture.

  Raises:
    TypeError: it is neither.
    ValueError: an array of a shape or type that is no picture; or an empty picture.
  """
  if isinstance(image, np.ndarray):
    image = _to_pil(image)
  if not isinstance(image, Image.Image):
    raise TypeError(f'A picture is a PIL image or a numpy array, not {type(image).__name__}.')
  if not image.width or not image.height:
    raise ValueError(f'A picture of {image.width} x {image.height} pixels; it is empty.')
  turned = int(image.getexif().get(_ORIENTATION, 1)) if image.mode not in pixels.DEEP else 1
  found = pixels.convert(image, turned)
  dpi = image.info.get('dpi')
  return Picture(
    found.rgb,
    found.alpha,
    found.deep,
    image.mode in ('1', 'L', 'LA', *pixels.DEEP),
    8,
    image.mode,
    image.format or '',
    dpi,
    turned,
    image.info.get('icc_profile'),
    1,
    'picture',
    found.notes,
  )


def like(image: Image.Image | np.ndarray, rgb: np.ndarray, alpha: np.ndarray | None):
  """uint8 [H, W, 3], as seen on paper, in the kind of `image`, with its alpha."""
  out = rgb if alpha is None else under_alpha(rgb, alpha)
  return out if isinstance(image, np.ndarray) else Image.fromarray(out)


def under_alpha(rgb: np.ndarray, alpha: np.ndarray) -> np.ndarray:
  """Stored colours for a page that is seen on white paper.

  Composited on white in 8 bits they give `rgb` exactly wherever `alpha` > 0: half a stored level
  is less than half a level of the composite, so rounding gives the same value back. So what is
  promised of `rgb` (pages/compose.py) is promised of the file as a viewer shows it on white. On
  another background nothing is promised, nor of the stored colours alone.

  Args:
    rgb: uint8 sRGB [H, W, 3]; every channel is at least 255 - alpha (compose.lay_lines), as no
      stored colour could be seen darker.
    alpha: uint8 [H, W, 1].

  Returns:
    uint8 RGBA [H, W, 4], not premultiplied.
  """
  a = alpha.astype(np.int32)
  part = (a > 0) & (a < 255)
  straight = (rgb - (255 - a)) * 255
  straight = (2 * straight + a) // np.maximum(2 * a, 1)  # rounded
  color = np.where(part, np.clip(straight, 0, 255), rgb)
  return np.concatenate([color.astype(np.uint8), alpha], -1)


def _to_pil(values: np.ndarray) -> Image.Image:
  if values.ndim == 3 and values.shape[2] == 1:
    values = values[..., 0]
  if values.ndim not in (2, 3) or (values.ndim == 3 and values.shape[2] not in (2, 3, 4)):
    raise ValueError(
      f'An array of shape {values.shape} is no picture; [H, W] or [H, W, 1 to 4] are.'
    )
  if values.size == 0:
    raise ValueError(f'An array of shape {values.shape} is an empty picture.')
  if values.dtype == np.uint16 and values.ndim == 2:
    return Image.fromarray(values)
  if values.dtype == bool:
    values = values * np.uint8(255)
  elif values.dtype == np.uint16:
    values = ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)
  elif values.dtype.kind == 'f':
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > 1:
      raise ValueError('A picture of floats has values in [0, 1].')
    values = np.round(values * 255).astype(np.uint8)
  elif values.dtype != np.uint8:
    raise ValueError(f'A picture is uint8, uint16, bool or float in [0, 1], not {values.dtype}.')
  return Image.fromarray(np.ascontiguousarray(values))
