"""The smallest method: one net that learns the colours of line art by L1.  Copy this file.

    net: min  E |y - G(x)|                                 x: line art, y: colours

This place is for the paper's losses, as it writes them, and for what the file does otherwise.
The file's name is the method's: `method=dict(name='_template', net=dict(...))` in a config calls
`make(net=...)`.  No other file knows about it.
"""

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player
from onepunch_jax.losses.pixel import l1


def make(*, net, lambda_l1=1.0) -> Method:
  """Keywords only: they are the config section's keys, and their defaults the paper's numbers.

  Args:
    net: a section for a net; what a method needs of it (here three channels) it sets itself.
    lambda_l1: weight of the L1 term.
  """
  # A Net has a name (its key in checkpoints), a Flax module, and arguments to initialise it with,
  # taken from a prepared batch (data/batch.py says what is in one: pictures are in [-1, 1]).
  net = Net('net', registry.net({**net, 'out_channels': 3}))

  def forward(v, batch, key):
    """What all players share; runs once a step.  `v` (Variables) is handed on through every call:

    net(v, ...) trains (batch statistics, dropout by `key`), net.infer(v, ...) does not.  Whatever
    is random draws from core.fold_in(key, 'a name of its own').
    """
    raw, v = net(v, batch['line'], key=key)
    return {'fake': jnp.tanh(raw)}, v

  def loss(v, out, batch, key, step):
    """One player's loss: a scalar, and (v, metrics).  More players are more of these.

    A GAN's discriminator is called in here; gradients reach the nets a player trains, no others.
    """
    metrics = {'l1': l1(out['fake'], batch['rgb'])}
    return lambda_l1 * metrics['l1'], (v, metrics)

  def colorize(v, batch, key=None):
    """All that evaluation and `onepunch_jax.colorize` see: sRGB [B, H, W, 3] in [0, 1]."""
    return 0.5 + 0.5 * jnp.tanh(net.infer(v, batch['line']))

  return Method(
    nets=(net,),
    forward=forward,
    # Turns follow each other, players of one turn move at once: a GAN's are
    # ((Player('d', ('disc',), d_loss),), (Player('g', ('gen',), g_loss),)).
    turns=((Player('net', ('net',), loss),),),
    colorize=colorize,
    exports=('net',),  # the nets that colorize needs: averaged, and shipped
    train_inputs=('line', 'rgb'),  # what training reads of a batch; checked before the first step
    multiple=net.module.multiple,  # the sides of a picture are multiples of this
  )
