"""A multi-label classifier of tags: the encoder and perceptual net that other methods need.

    net: min  E mean_t BCE(net(x)_t, tag_t)          x: the colours, the line art, or either

It colours nothing: its nets are taken over by config.init_from (encoders, tag nets) or by
pretrained.load (perceptual terms).  `colorize` hands the line art back.
"""

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, fold_in
from onepunch_jax.losses.classification import bce, rank_precision

SOURCES = ('rgb', 'line', 'either')
REMEMBERED = 10_000  # steps over which the share of each tag is a mean


def make(*, net, source='rgb') -> Method:
  """The tagger.

  Args:
    net: pictures [B, H, W, 3] -> (logits [B, T], features); T is config.data.tags.
    source: 'rgb', 'line', or 'either': a coin for each picture.
  """
  if source not in SOURCES:
    raise ValueError(f'A tagger reads one of {SOURCES}, not {source!r}.')
  net = Net('net', registry.net(net))
  grey = lambda batch: jnp.repeat(batch['line'], 3, -1)

  def picture(batch, key):
    if source == 'either':
      coin = jax.random.bernoulli(fold_in(key, 'source'), shape=(len(batch['rgb']), 1, 1, 1))
      return jnp.where(coin, batch['rgb'], grey(batch))
    return batch['rgb'] if source == 'rgb' else grey(batch)

  def forward(v, batch, key):
    (logits, _), v = net(v, picture(batch, key), key=key)
    return {'logits': logits}, v

  def loss(v, out, batch, key, step):
    tags = batch['tags'].astype(jnp.float32)
    share = v.memory['share']
    share += (tags.mean(0) - share) / (1 + jnp.minimum(step, REMEMBERED))
    precision = rank_precision(out['logits'], tags)
    ranked = {'lrap': jnp.mean(jnp.nan_to_num(precision, nan=1.0))}  # no tags: nothing is wrong
    return jnp.mean(bce(out['logits'], tags)), (v.replace(memory={'share': share}), ranked)

  def measure(v, batch, key):
    """Rows: the net on what it was trained for, and always guessing how frequent each tag is."""
    tags = batch['tags'].astype(jnp.float32)
    seen = {'model': batch['rgb'] if source != 'line' else grey(batch)}
    if source == 'either':
      seen['model on lines'] = grey(batch)
    logits = {row: net.infer(v, x)[0] for row, x in seen.items()}
    if v.memory:
      share = jnp.clip(v.memory['share'], 1e-4, 1 - 1e-4)
      logits['tag frequency'] = jnp.broadcast_to(jnp.log(share / (1 - share)), tags.shape)
    return {
      f'{row}/{name}': value
      for row, x in logits.items()
      for name, value in (('lrap', rank_precision(x, tags)), ('bce', jnp.mean(bce(x, tags), -1)))
    }

  return Method(
    nets=(net,),
    forward=forward,
    turns=((Player('net', ('net',), loss),),),
    colorize=lambda v, batch, key=None: 0.5 + 0.5 * grey(batch),
    measure=measure,
    exports=('net',),
    train_inputs=('rgb', 'tags') if source == 'rgb' else ('line', 'rgb', 'tags'),
    memory=lambda b: {'share': jnp.zeros(b['tags'].shape[-1])},
  )
