"""Nets of papers in plain PyTorch: what ours are compared with, and timed against."""

import torch
from torch import nn
from torch.nn import functional as F


class Residual(nn.Module):
  def __init__(self, c):
    super().__init__()
    for i in (0, 1):
      setattr(self, f'conv_{i}', nn.Conv2d(c, c, 3, bias=False))

  def forward(self, x):
    y = F.relu(F.instance_norm(self.conv_0(F.pad(x, [1] * 4, mode='reflect'))))
    return x + F.instance_norm(self.conv_1(F.pad(y, [1] * 4, mode='reflect')))


class Coarse(nn.Module):
  """The generators of pix2pixHD; with `inner`, its map is added after the halving."""

  def __init__(self, width, down, blocks):
    super().__init__()
    self.down, self.blocks = down, blocks
    self.first = nn.Conv2d(1, width, 7, bias=False)
    for i in range(down):
      a, b = width * 2**i, width * 2 ** (i + 1)
      setattr(self, f'down_{i}', nn.Conv2d(a, b, 3, 2, 1, bias=False))
      setattr(self, f'up_{i}', nn.ConvTranspose2d(b, a, 3, 2, 1, 1, bias=False))
    for i in range(blocks):
      setattr(self, f'block_{i}', Residual(width * 2**down))
    self.last = nn.Conv2d(width, 3, 7)

  def forward(self, x, inner=None):
    layer = lambda conv, x: F.relu(F.instance_norm(conv(x)))
    x = layer(self.first, F.pad(x, [3] * 4, mode='reflect'))
    for i in range(self.down):
      x = layer(getattr(self, f'down_{i}'), x)
    x = x if inner is None else x + inner
    for i in range(self.blocks):
      x = getattr(self, f'block_{i}')(x)
    for i in reversed(range(self.down)):
      x = layer(getattr(self, f'up_{i}'), x)
    return self.last(F.pad(x, [3] * 4, mode='reflect')), x


class Zhang16(nn.Module):
  """The released layers: strides 2 at the end of groups 1 to 3, dilation 2 in groups 5 and 6."""

  GROUPS = ((2, 2, 1), (2, 2, 1), (3, 2, 1), (3, 1, 1), (3, 1, 2), (3, 1, 2), (3, 1, 1))

  def __init__(self, bins=313, width=64):
    super().__init__()
    widths = [width, 2 * width, 4 * width, 8 * width, 8 * width, 8 * width, 8 * width]
    before = 1
    for g, ((layers, stride, dilation), w) in enumerate(zip(self.GROUPS, widths), 1):
      for i in range(1, layers + 1):
        step = stride if i == layers else 1
        conv = nn.Conv2d(before, w, 3, step, dilation, dilation)
        setattr(self, f'conv{g}_{i}', conv)
        before = w
      setattr(self, f'norm{g}', nn.BatchNorm2d(w))
    self.conv8_1 = nn.ConvTranspose2d(before, 4 * width, 4, 2, 1)
    self.conv8_2 = nn.Conv2d(4 * width, 4 * width, 3, 1, 1)
    self.conv8_3 = nn.Conv2d(4 * width, 4 * width, 3, 1, 1)
    self.logits = nn.Conv2d(4 * width, bins, 1)

  def forward(self, x):
    for g, (layers, _, _) in enumerate(self.GROUPS, 1):
      for i in range(1, layers + 1):
        x = F.relu(getattr(self, f'conv{g}_{i}')(x))
      x = getattr(self, f'norm{g}')(x)
    for i in (1, 2, 3):
      x = F.relu(getattr(self, f'conv8_{i}')(x))
    return self.logits(x)


def make_step(net, target_of, lr=2e-4, autocast=None):
  """line -> loss: forward, backward and Adam on the mean absolute error of a net's first output.

  Args:
    net: line art [B, 1, H, W] -> a map, or a tuple that begins with one.
    target_of: output -> what it is compared with.
  """
  optimiser = torch.optim.Adam(
    net.parameters(), lr=lr, betas=(0.5, 0.999), fused=next(net.parameters()).is_cuda
  )

  def step(line):
    with torch.autocast(line.device.type, autocast or torch.bfloat16, enabled=bool(autocast)):
      out = net(line)
      out = (out[0] if isinstance(out, tuple) else out).float()
      loss = F.l1_loss(out, target_of(out))
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()
    return loss.detach()

  return step
