"""A whole method outside of the package: the method and its configuration in one file.

    python -m onepunch_jax.main --config=examples/custom_method.py:smoke --workdir=runs/custom
    python -m onepunch_jax.colorize --checkpoint=runs/custom --input=page.png --output=colored.png

    net: min  E sqrt(|z - G(x)|^2 + epsilon^2)             x: line art, z: colours in Lab

A Charbonnier loss in Lab: near zero it is a squared error, far away an absolute one. Copy this file
to where your own code is; a config names a method, net, prepare step or evaluation of yours by the
dotted name of its module. Start the commands in the folder from which that name can be imported.
"""

from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
from ml_collections import ConfigDict

from onepunch_jax import registry
from onepunch_jax.configs import common
from onepunch_jax.core import Method, Net, Player
from onepunch_jax.ops import output_space


def make(*, net: Mapping[str, Any], epsilon: float = 0.01) -> Method:
  """Builds the method; its keywords are the keys of `config.method`.

  Args:
    net: section of a net with an attribute `out_channels`, which is set here.
    epsilon: errors below it count squared; Lab is scaled to [-1, 1].
  """
  net = Net('net', registry.net({**net, 'out_channels': 3}))

  def forward(v, batch, key):
    raw, v = net(v, batch['line'], key=key)
    return {'lab': jnp.tanh(raw)}, v

  def loss(v, out, batch, key, step):
    error = out['lab'] - output_space.target(batch['rgb'], 'lab')
    charbonnier = jnp.mean(jnp.sqrt(jnp.sum(error**2, -1) + epsilon**2))
    return charbonnier, (v, {'charbonnier': charbonnier})

  def colorize(v, batch, key=None):
    lab = jnp.tanh(net.infer(v, batch['line']))
    return output_space.to_rgb(lab, batch['line'], 'lab')

  return Method(
    nets=(net,),
    forward=forward,
    turns=((Player('net', ('net',), loss),),),
    colorize=colorize,
    exports=('net',),
    train_inputs=('line', 'rgb'),
    multiple=net.module.multiple,
  )


def get_config(arg: str | None = None) -> ConfigDict:
  """The configuration: `:smoke` takes seconds, `:laptop` minutes on two CPU cores."""
  chosen = common.options(arg)
  config = common.base()
  config.method = dict(
    name='examples.custom_method',  # the module above, as Python imports it
    net=dict(name='unet', width=64, depth=8, norm='instance', dropout=0.0),
    epsilon=0.01,
  )
  config.optim = dict(net=dict(name='adam', lr=2e-4))
  config.steps = 100_000
  if chosen['laptop']:
    config.method.net.update(dict(width=32, depth=6, norm='group'))
    config.optim.net.update(dict(lr=1e-3, schedule='cosine', decay_from=0.0))
    common.laptop(config)
  if chosen['smoke']:
    config.method.net.update(dict(width=8, depth=4))
  common.apply(config, chosen)
  return config
