"""A multi-label classifier of tags: the encoder and perceptual net that other methods need.

    net: min  E mean_t BCE(net(x)_t, tag_t)          x: the colours, the line art, or either

It colours nothing: its nets are taken over by config.init_from (encoders, tag nets) or by
weights/pretrained (perceptual terms). `colorize` returns the line art.
"""

from typing import Literal

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section, fold_in
from onepunch_jax.losses.classification import bce, rank_precision
from onepunch_jax.ops.color import from_unit

SOURCES = ('rgb', 'line', 'either')
AVERAGED_STEPS = 10_000  # the frequency of each tag is a mean over about so many steps


def make(*, net: Section, source: Literal['rgb', 'line', 'either'] = 'rgb') -> Method:
  """The tagger.

  Args:
    net: images [B, H, W, 3] -> (logits [B, T], features); T is config.data.tags.
    source: 'rgb', 'line', or 'either', at random for each image.
  """
  if source not in SOURCES:
    raise ValueError(f'The input of a tagger is one of {SOURCES}, not {source!r}.')
  net = Net('net', registry.net(net))

  def line_image(batch):
    return jnp.repeat(batch['line'], 3, -1)

  def image(batch, key):
    if source == 'either':
      use_rgb = jax.random.bernoulli(fold_in(key, 'source'), shape=(len(batch['rgb']), 1, 1, 1))
      return jnp.where(use_rgb, batch['rgb'], line_image(batch))
    return batch['rgb'] if source == 'rgb' else line_image(batch)

  def forward(v, batch, key):
    (logits, _), v = net(v, image(batch, key), key=key)
    return {'logits': logits}, v

  def loss(v, out, batch, key, step):
    tags = batch['tags'].astype(jnp.float32)
    frequency = v.memory['share']
    frequency += (tags.mean(0) - frequency) / (1 + jnp.minimum(step, AVERAGED_STEPS))
    precision = rank_precision(out['logits'], tags)
    metrics = {'lrap': jnp.mean(jnp.nan_to_num(precision, nan=1.0))}  # without tags: all is right
    return jnp.mean(bce(out['logits'], tags)), (v.replace(memory={'share': frequency}), metrics)

  def colorize(v, batch, key=None):
    return from_unit(line_image(batch))

  def measure(v, batch, key):
    """Rows: the net on what it was trained for, and the baseline of each tag's frequency."""
    tags = batch['tags'].astype(jnp.float32)
    images = {'model': batch['rgb'] if source != 'line' else line_image(batch)}
    if source == 'either':
      images['model on lines'] = line_image(batch)
    logits = {row: net.infer(v, x)[0] for row, x in images.items()}
    if v.memory:
      frequency = jnp.clip(v.memory['share'], 1e-4, 1 - 1e-4)
      logits['tag frequency'] = jnp.broadcast_to(jnp.log(frequency / (1 - frequency)), tags.shape)
    metrics = {}
    for row, x in logits.items():
      metrics[f'{row}/lrap'] = rank_precision(x, tags)
      metrics[f'{row}/bce'] = jnp.mean(bce(x, tags), -1)
    return metrics

  def memory(batch):
    """The frequency of each tag."""
    return {'share': jnp.zeros(batch['tags'].shape[-1])}

  return Method(
    nets=(net,),
    forward=forward,
    turns=((Player('net', ('net',), loss),),),
    colorize=colorize,
    measure=measure,
    exports=('net',),
    train_inputs=('rgb', 'tags') if source == 'rgb' else ('line', 'rgb', 'tags'),
    memory=memory,
  )
