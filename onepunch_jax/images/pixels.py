"""Whatever a picture file holds, as upright 8-bit sRGB on white paper."""

import io
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageCms

DEEP = ('I;16', 'I;16B', 'I;16L', 'I;16N', 'I', 'F')
_TURN = {
  2: Image.Transpose.FLIP_LEFT_RIGHT,
  3: Image.Transpose.ROTATE_180,
  4: Image.Transpose.FLIP_TOP_BOTTOM,
  5: Image.Transpose.TRANSPOSE,
  6: Image.Transpose.ROTATE_270,
  7: Image.Transpose.TRANSVERSE,
  8: Image.Transpose.ROTATE_90,
}
_ICC_SPACE = {'L': 'GRAY', 'RGB': 'RGB', 'CMYK': 'CMYK', 'LAB': 'Lab'}
_V = np.arange(256) / 255
_LINEAR = np.where(_V > 0.04045, ((_V + 0.055) / 1.055) ** 2.4, _V / 12.92).astype(np.float32)
BLANK = 8  # a picture whose levels span less than this shows nothing


class Pixels(NamedTuple):
  """rgb uint8 [H,W,3]; alpha uint8 [H,W,1] or None; deep uint16 [H,W,1] or None; what was done."""

  rgb: np.ndarray
  alpha: np.ndarray | None
  deep: np.ndarray | None
  notes: tuple[str, ...]


def convert(image: Image.Image, orientation: int = 1) -> Pixels:
  """A loaded Pillow image of any mode -> Pixels."""
  notes: list[str] = []
  deep = None
  icc = image.info.get('icc_profile')
  if orientation in _TURN:
    image = image.transpose(_TURN[orientation])
  if image.mode in DEEP:
    deep = _to_uint16(np.asarray(image), notes)
    # The division by 257 with rounding: 65535 -> 255, and 8-bit values stored as 257 v come back.
    image = Image.fromarray(((deep.astype(np.uint32) + 128) // 257).astype(np.uint8))
  image, alpha = _split_alpha(image)
  rgb = _to_srgb(image, icc, notes)
  if alpha is not None:
    rgb = _on_paper(rgb, alpha, notes)
  return Pixels(
    np.asarray(rgb),
    None if alpha is None else np.asarray(alpha)[..., None],
    None if deep is None else deep[..., None],
    tuple(notes),
  )


def to_grey(rgb: np.ndarray) -> np.ndarray:
  """uint8 sRGB [..., H, W, 3] -> uint8 luma [..., H, W, 1] (ITU-R 601, as Pillow's mode L)."""
  r, g, b = (rgb[..., i : i + 1].astype(np.uint32) for i in range(3))
  return ((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16).astype(np.uint8)


def lightness(rgb: np.ndarray) -> np.ndarray:
  """uint8 sRGB [..., 3] -> CIE L [...] in [0, 100], of luminance as ITU-R 709 has it."""
  y = _LINEAR[rgb] @ np.array([0.212671, 0.715160, 0.072169], np.float32)
  return np.where(y > 0.008856, 116 * np.cbrt(y) - 16, 903.292 * y).astype(np.float32)


def _split_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
  """-> (image of mode L, RGB, CMYK or LAB; its alpha of mode L or None)."""
  if image.mode in ('PA', 'RGBa'):
    image = image.convert('RGBA')
  elif image.mode == 'La':
    image = image.convert('LA')
  elif 'transparency' in image.info and image.mode in ('1', 'L', 'P', 'RGB'):
    image = image.convert('RGBA')  # a transparent palette entry or key colour
  if image.mode in ('RGBA', 'LA'):
    alpha = image.getchannel('A')
    return image.convert('RGB' if image.mode == 'RGBA' else 'L'), alpha
  if image.mode == '1':
    return image.convert('L'), None
  if image.mode in ('L', 'RGB', 'CMYK', 'LAB'):
    return image, None
  return image.convert('RGB'), None  # P, YCbCr, HSV, RGBX


def _to_srgb(image: Image.Image, icc: bytes | None, notes: list[str]) -> Image.Image:
  if icc:
    converted = _by_profile(image, icc, notes)
    if converted is not None:
      return converted
  if image.mode == 'LAB':
    return ImageCms.profileToProfile(
      image, ImageCms.createProfile('LAB'), ImageCms.createProfile('sRGB'), outputMode='RGB'
    )
  return image.convert('RGB')


def _by_profile(image: Image.Image, icc: bytes, notes: list[str]) -> Image.Image | None:
  """The picture through its ICC profile, or None where that is not to be used."""
  try:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    space = profile.profile.xcolor_space.strip()
    if space != _ICC_SPACE[image.mode]:
      notes.append(f'its ICC profile is for {space}, its pixels are {image.mode}: profile ignored')
      return None
    if 'srgb' in (profile.profile.profile_description or '').lower():
      return None
    return ImageCms.profileToProfile(
      image, profile, ImageCms.createProfile('sRGB'), outputMode='RGB'
    )
  except Exception as error:  # lcms refuses many damaged or odd profiles, each in its own way
    notes.append(f'its ICC profile is not usable ({error}): profile ignored')
    return None


def _on_paper(rgb: Image.Image, alpha: Image.Image, notes: list[str]) -> Image.Image:
  lowest, highest = alpha.getextrema()
  if highest == 0:
    notes.append('wholly transparent: its hidden colours are used, alpha is kept')
    return rgb
  if lowest == 255:
    return rgb
  paper = Image.composite(rgb, Image.new('RGB', rgb.size, 'white'), alpha)
  if highest - lowest > BLANK and all(b - a <= BLANK for a, b in paper.getextrema()):
    notes.append('white ink, drawn in alpha only: made black on white')
    return Image.fromarray(255 - np.asarray(alpha)).convert('RGB')
  return paper


def _to_uint16(values: np.ndarray, notes: list[str]) -> np.ndarray:
  """Integer or float grey levels of whatever range -> uint16, 65535 = white."""
  if values.dtype.kind == 'u':
    return values.astype(np.uint16)
  values = values.astype(np.float64)
  finite = np.isfinite(values)
  if not finite.all():
    notes.append('NaN or infinite pixels: made white')
  low = float(values[finite].min(initial=0))
  high = float(values[finite].max(initial=0))
  if low < 0:
    notes.append(f'values from {low:.4g} to {high:.4g}: stretched to black..white')
    white = high - low
  else:
    low = 0.0
    white = next((w for w in (1.0, 255.0, 65535.0) if high <= w), high)
  scaled = np.where(finite, (values - low) / max(white, 1e-30), 1.0)
  return np.round(scaled * 65535).astype(np.uint16)
