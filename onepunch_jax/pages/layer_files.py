"""Layers as files: OpenRaster (Krita, GIMP, MyPaint) and PSD (Photoshop, Clip Studio)."""

import io
import zipfile
from typing import BinaryIO
from xml.sax.saxutils import quoteattr

import numpy as np
from PIL import Image

from onepunch_jax.images.write import check_size
from onepunch_jax.pages.layers import Layer

SUFFIXES = ('.ora', '.psd')
EPOCH = (1980, 1, 1, 0, 0, 0)  # of every member, so that the same page gives the same bytes
_ORA = {'normal': 'svg:src-over', 'multiply': 'svg:multiply', 'screen': 'svg:screen'}


def write_ora(
  file: BinaryIO, layers: list[Layer], merged: np.ndarray, dpi: tuple[float, float] | None = None
) -> None:
  """OpenRaster 0.0.5; `layers` from the bottom up, `merged` uint8 [H, W, 3]."""
  height, width = merged.shape[:2]
  rows = [
    f'    <layer name={quoteattr(layer.name)} src="data/{n:03d}.png" x="0" y="0" opacity="1.0" '
    f'visibility="{"visible" if layer.visible else "hidden"}" composite-op="{_ORA[layer.mode]}"/>'
    for n, layer in reversed(list(enumerate(layers)))
  ]
  resolution = f' xres="{dpi[0]:.0f}" yres="{dpi[1]:.0f}"' if dpi else ''
  xml = '\n'.join(
    [
      "<?xml version='1.0' encoding='UTF-8'?>",
      f'<image version="0.0.5" w="{width}" h="{height}"{resolution}>',
      '  <stack>',
      *rows,
      '  </stack>',
      '</image>',
      '',
    ]
  )
  with zipfile.ZipFile(file, 'w', zipfile.ZIP_STORED) as book:

    def put(name: str, data: str | bytes) -> None:
      book.writestr(zipfile.ZipInfo(name, EPOCH), data)

    put('mimetype', 'image/openraster')
    put('stack.xml', xml)
    for n, layer in enumerate(layers):
      put(f'data/{n:03d}.png', _png(Image.fromarray(layer.rgba)))
    picture = Image.fromarray(merged)
    put('mergedimage.png', _png(picture))
    picture.thumbnail((256, 256))
    put('Thumbnails/thumbnail.png', _png(picture))


def write_psd(
  file: BinaryIO, layers: list[Layer], merged: np.ndarray, dpi: tuple[float, float] | None = None
) -> None:
  """PSD by psd-tools, which keeps alpha as a mask: here it is put into the layer itself.

  Raises:
    ValueError: psd-tools is not installed, or the page is larger than PSD allows.
  """
  try:
    from psd_tools import PSDImage
    from psd_tools.constants import BlendMode, ChannelID, Compression
  except ImportError:
    raise ValueError("PSD needs psd-tools: pip install 'onepunch_jax[pages]'.") from None
  height, width = merged.shape[:2]
  check_size(merged.shape, '.psd')
  modes = {'normal': BlendMode.NORMAL, 'multiply': BlendMode.MULTIPLY, 'screen': BlendMode.SCREEN}
  psd = PSDImage.new('RGB', (width, height))
  for layer in layers:
    made = psd.create_pixel_layer(
      Image.fromarray(layer.rgba[..., :3]),
      name=layer.name,
      compression=Compression.RLE,
      blend_mode=modes[layer.mode],
    )
    made.visible = layer.visible
    for info, channel in zip(made._record.channel_info, made._channels):
      if info.id == ChannelID.TRANSPARENCY_MASK:
        alpha = np.ascontiguousarray(layer.rgba[..., 3]).tobytes()
        info.length = channel.set_data(alpha, width, height, 8) + 2
  record = psd._record
  record.image_data.set_data(
    [np.ascontiguousarray(merged[..., c]).tobytes() for c in range(3)], record.header
  )
  psd._updated = False  # `merged` is the preview
  psd.save(file)


def _png(image: Image.Image) -> bytes:
  out = io.BytesIO()
  image.save(out, 'PNG', compress_level=3)
  return out.getvalue()
