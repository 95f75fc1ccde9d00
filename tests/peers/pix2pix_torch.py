"""pix2pix (Isola et al., 2017) in plain torch.nn, NCHW: what our nets and step are held against.

Modules carry the names of ours, so `load` copies weights by name.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class Norm(nn.Module):
  """As `onepunch_jax.nets.blocks.layers.Norm`: 'instance' has scale and bias."""

  def __new__(cls, kind, channels):
    if kind == 'none':
      return nn.Identity()
    make = {'batch': nn.BatchNorm2d, 'instance': nn.InstanceNorm2d}[kind]
    return make(channels, affine=True)


class Block(nn.Module):
  """Activation, convolution (or its transpose), norm, dropout."""

  def __init__(self, conv, act, norm, dropout=0.0):
    super().__init__()
    self.conv, self.act, self.dropout = conv, act, nn.Dropout(dropout)
    self.norm = Norm(norm, conv.out_channels)

  def forward(self, x):
    return self.dropout(self.norm(self.conv(self.act(x))))


class UNet(nn.Module):
  """[B, C, H, W] -> [B, out, H, W], raw."""

  def __init__(
    self, in_channels=1, out_channels=3, width=64, depth=8, norm='instance', dropout=0.5
  ):
    super().__init__()
    widths = [min(width * 2**i, width * 8) for i in range(depth)]
    self.depth = depth
    for i in range(depth):
      kind = 'none' if i in (0, depth - 1) else norm
      conv = nn.Conv2d(widths[i - 1] if i else in_channels, widths[i], 4, 2, 1, bias=kind == 'none')
      act = nn.LeakyReLU(0.2) if i else nn.Identity()
      setattr(self, f'down_{i}', Block(conv, act, kind))
    for i in reversed(range(1, depth)):
      conv = nn.ConvTranspose2d(
        widths[i] * (1 if i == depth - 1 else 2), widths[i - 1], 4, 2, 1, bias=norm == 'none'
      )
      setattr(self, f'up_{i}', Block(conv, nn.ReLU(), norm, dropout if depth - i <= 3 else 0.0))
    self.up_0 = nn.ConvTranspose2d(widths[0] * 2, out_channels, 4, 2, 1)

  def forward(self, x):
    skips = []
    for i in range(self.depth):
      x = getattr(self, f'down_{i}')(x)
      skips.append(x)
    x = skips.pop()
    for i in reversed(range(1, self.depth)):
      x = torch.cat([skips.pop(), getattr(self, f'up_{i}')(x)], 1)
    return self.up_0(F.relu(x))


class PatchGAN(nn.Module):
  """[B, *, H, W] each, concatenated -> [B, 1, h, w]."""

  def __init__(self, in_channels=4, width=64, layers=3, norm='instance'):
    super().__init__()
    body, last = [], in_channels
    for i in range(layers + 1):
      kind, out = norm if i else 'none', width * min(2**i, 8)
      conv = nn.Conv2d(last, out, 4, 2 if i < layers else 1, 1, bias=kind == 'none')
      body.append((f'conv_{i}', f'norm_{i}'))
      setattr(self, f'conv_{i}', conv)
      setattr(self, f'norm_{i}', Norm(kind, out))
      last = out
    self.body = body
    self.logits = nn.Conv2d(last, 1, 4, 1, 1)

  def forward(self, *inputs):
    x = torch.cat(inputs, 1)
    for conv, norm in self.body:
      x = F.leaky_relu(getattr(self, norm)(getattr(self, conv)(x)), 0.2)
    return self.logits(x)


def init(net):
  """Kernels from N(0, 0.02), biases 0."""
  for module in net.modules():
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
      nn.init.normal_(module.weight, 0.0, 0.02)
      if module.bias is not None:
        nn.init.zeros_(module.bias)
  return net


def load(net, params):
  """Copies our parameters (nested dicts of arrays, layer names as here) into `net`."""
  weights = {name: torch.from_numpy(a) for name, a in by_torch_name(params).items()}
  assert set(weights) == {name for name, _ in net.named_parameters()}
  net.load_state_dict(weights, strict=False)  # the running averages of batch norms stay
  return net


def by_torch_name(params, prefix=''):
  """Nested dicts of arrays -> {torch name: array in torch's layout}; gradients too."""
  flat = {}
  for name, value in params.items():
    if hasattr(value, 'items'):
      flat |= by_torch_name(value, f'{prefix}{name}.')
    else:
      a = np.array(value, np.float32)
      name = {'kernel': 'weight', 'scale': 'weight'}.get(name, name)
      flat[prefix + name] = a.transpose(3, 2, 0, 1).copy() if a.ndim == 4 else a
  return flat


def make_train_step(gen, disc, lambda_l1=100.0, lr=2e-4, autocast=None):
  """(line, rgb) -> losses: D on detached fakes, then G through the moved D, Adam for both."""
  adam = lambda net: torch.optim.Adam(
    net.parameters(), lr=lr, betas=(0.5, 0.999), fused=next(net.parameters()).is_cuda
  )
  g_opt, d_opt = adam(gen), adam(disc)
  bce = F.binary_cross_entropy_with_logits

  def judged(loss_of_logits, *pictures):
    logits = disc(*pictures).float()
    return bce(logits, torch.full_like(logits, loss_of_logits))

  def train_step(line, rgb):
    with torch.autocast(line.device.type, autocast or torch.bfloat16, enabled=bool(autocast)):
      fake = torch.tanh(gen(line).float())
      disc.requires_grad_(True)
      d_loss = 0.5 * (judged(1.0, line, rgb) + judged(0.0, line, fake.detach()))
    d_opt.zero_grad(set_to_none=True)
    d_loss.backward()
    d_opt.step()
    with torch.autocast(line.device.type, autocast or torch.bfloat16, enabled=bool(autocast)):
      disc.requires_grad_(False)
      l1 = F.l1_loss(fake, rgb)
      g_loss = judged(1.0, line, fake) + lambda_l1 * l1
    g_opt.zero_grad(set_to_none=True)
    g_loss.backward()
    g_opt.step()
    return d_loss.detach(), g_loss.detach(), l1.detach()

  return train_step
