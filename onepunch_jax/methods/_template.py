"""The smallest method: one net that learns the colours of line art by L1. Copy this file.

    net: min  E |y - G(x)|                                 x: line art, y: colours

This docstring states the paper's losses as the paper writes them, and what differs here. The file's
name is the method's: `method=dict(name='_template', net=dict(...))` in a config calls
`make(net=...)`. No other file mentions it.
"""

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section
from onepunch_jax.losses.pixel import l1
from onepunch_jax.ops.color import from_unit


def make(*, net: Section, lambda_l1: float = 1.0) -> Method:
  """L1 regression. Keywords are the keys of the config section; their defaults are the paper's.

  Args:
    net: the section of a net; what the method requires of it (three channels) is set here.
    lambda_l1: weight of the L1 term.
  """
  # A Net is a name (its key in checkpoints) and a Flax module.
  net = Net('net', registry.net({**net, 'out_channels': 3}))

  def forward(v, batch, key):
    """What all players share; runs once per step.

    `batch` is prepared (data/batch.py lists its keys): images are in [-1, 1]. `v` (core.Variables)
    goes through every call: net(v, ...) trains (batch statistics, dropout by `key`),
    net.infer(v, ...) does not. Whatever is random draws from core.fold_in(key, 'its own name').
    """
    raw, v = net(v, batch['line'], key=key)
    return {'fake': jnp.tanh(raw)}, v

  def loss(v, out, batch, key, step):
    """One player's loss: a scalar, and (v, metrics). Further players have further losses.

    A GAN's discriminator is called here; gradients reach the nets that the player trains, no other.
    """
    metrics = {'l1': l1(out['fake'], batch['rgb'])}
    return lambda_l1 * metrics['l1'], (v, metrics)

  def colorize(v, batch, key=None):
    """All that evaluation and `onepunch_jax.colorize` see: sRGB [B, H, W, 3] in [0, 1]."""
    return from_unit(jnp.tanh(net.infer(v, batch['line'])))

  return Method(
    nets=(net,),
    forward=forward,
    # Turns follow each other, players of one turn update at once: a GAN's are
    # ((Player('d', ('disc',), d_loss),), (Player('g', ('gen',), g_loss),)).
    turns=((Player('net', ('net',), loss),),),
    colorize=colorize,
    exports=('net',),  # the nets that colorize needs: averaged, and shipped
    train_inputs=('line', 'rgb'),  # the batch keys that training reads
    multiple=net.module.multiple,  # the sides of an image are multiples of this
  )
