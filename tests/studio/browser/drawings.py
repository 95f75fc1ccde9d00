"""Pages for the browser tests: rooms whose places are known, and bytes of files."""

import io
import zipfile

import numpy as np
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 480, 640
# the middle of each room
ROOMS = {
  'top left': (120, 100),
  'top right': (360, 100),
  'middle': (240, 320),
  'bottom left': (120, 540),
  'bottom right': (360, 540),
}


def rooms(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
  """Five rooms of ink on white, grey: two above, one across, two below."""
  image = Image.new('L', (width, height), 255)
  pen = ImageDraw.Draw(image)
  ink = max(3, width // 120)
  pen.rectangle((8, 8, width - 8, height - 8), outline=0, width=ink)
  third = height // 3
  for y in (third, 2 * third):
    pen.line((8, y, width - 8, y), fill=0, width=ink)
  for y in (8, 2 * third):
    pen.line((width // 2, y, width // 2, y + third - 4), fill=0, width=ink)
  return image


def png(image: Image.Image) -> bytes:
  out = io.BytesIO()
  image.save(out, 'PNG')
  return out.getvalue()


def page(width: int = WIDTH, height: int = HEIGHT) -> bytes:
  return png(rooms(width, height))


def reference() -> bytes:
  """A picture of two colours: the left half #cc2244, the right half #2244cc."""
  pixels = np.zeros((120, 160, 3), np.uint8)
  pixels[:, :80], pixels[:, 80:] = (0xCC, 0x22, 0x44), (0x22, 0x44, 0xCC)
  return png(Image.fromarray(pixels))


def bad() -> Image.Image:
  """A page that `FastColorizer` cannot colour."""
  return Image.new('L', (WIDTH, HEIGHT), 20)


def book(pages: int, cut: int | None = None) -> bytes:
  """A CBZ; page `cut`, from 0, is cut off."""
  out = io.BytesIO()
  with zipfile.ZipFile(out, 'w') as archive:
    for n in range(pages):
      data = png(rooms(WIDTH + 8 * n, HEIGHT))
      archive.writestr(f'{n + 1:03}.png', data[: len(data) // 3] if n == cut else data)
  return out.getvalue()
