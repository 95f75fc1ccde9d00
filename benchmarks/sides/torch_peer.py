"""The same training steps in PyTorch, as people write it: the other side of train_step."""

import argparse
from collections.abc import Callable

import torch

from tests.peers import nets_torch, pix2pix_torch


def make(case: str, args: argparse.Namespace, batch: int) -> tuple[Callable, Callable, None]:
  """(a function that makes a step and gives its loss, one that tells the peak in MB, None)."""
  gpu = args.device == 'gpu'
  place = dict(device='cuda' if gpu else 'cpu', memory_format=torch.channels_last)
  autocast = torch.bfloat16 if gpu else None
  torch.manual_seed(0)
  if gpu:
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision('high')
  data = [(2 * torch.rand(batch, c, args.size, args.size) - 1).to(**place) for c in (1, 3)]

  def placed(net):
    net = net.to(**place)
    return torch.compile(net) if gpu else net

  if case == 'pix2pix':
    gen = placed(pix2pix_torch.init(pix2pix_torch.UNet(width=64, depth=8)))
    disc = placed(pix2pix_torch.init(pix2pix_torch.PatchGAN(width=64)))
    whole = pix2pix_torch.make_train_step(gen, disc, autocast=autocast)

    def step():
      return whole(*data)[1]
  else:
    nets = {
      'net:pix2pixhd': lambda: nets_torch.Coarse(64, 4, 9),
      'net:zhang16': lambda: nets_torch.Zhang16(),
    }
    one = nets_torch.make_step(placed(nets[case]()), torch.zeros_like, autocast=autocast)

    def step():
      return one(data[0])

  return step, lambda: torch.cuda.max_memory_allocated() / 2**20, None
