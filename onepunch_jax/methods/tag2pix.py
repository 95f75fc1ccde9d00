"""Tag2Pix (Kim et al. 2019): line art and tags such as "blue hair", by an auxiliary classifier GAN.

    G(x, t, f) -> y', y''        x: line art, t: colour-variant tags, f: features of x; y'': guide
    D(y) -> real?, which tags?
    D: min  -E log D(y) - E log(1 - D(y')) + c [lambda_cvt BCE_t(D(y), D(y')) + lambda_cit BCE_i]
    G: min  -E log D(y') + c [...] of y' + lambda_l1 (E |y - y'| + lambda_guide E |y - y''|)

c is 0 before the step `two_step`, then 1: "two-step training with changing loss".  f comes from a
classifier of colour-invariant tags (i) on line art: frozen where its weights are given; else it
learns with the generator, from its own BCE (weighted as L1) and the generator's loss.
"""

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player
from onepunch_jax.log import log
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses.classification import bce
from onepunch_jax.losses.pixel import l1, l2
from onepunch_jax.weights import pretrained

GUIDES = ('tags',)  # what a person may give


def make(
  *,
  gen,
  disc,
  cit,
  variant,
  cit_weights='',
  gan='vanilla',
  two_step=0,
  lambda_l1=1000.0,
  lambda_l2=0.0,
  lambda_guide=0.9,
  lambda_adv=1.0,
  lambda_cvt=1.0,
  lambda_cit=1.0,
) -> Method:
  """Tag2Pix.

  Args:
    gen: nets/tag2pix; `kind` 'secat', or an ablation by name, `guide` False for none.
    disc: nets/tag_disc, its `classes` all tags.
    cit: a ResNet whose second stage (at an eighth) gives the features; `classes` is set here.
    variant: (first, one past the last) of the colour-variant tags: those that a person gives.
    cit_weights: a weight file or a tagger's run, for `cit`; '' for none.
    gan: a name of losses/gan.py.
    two_step: the step from which tags are classified.
    lambda_l1, lambda_l2: weights of absolute and (ours) squared error, of colours and guide.
    lambda_guide: of the guide's error, over that of the colours.
    lambda_adv, lambda_cvt, lambda_cit: weights.
  """
  first, stop = variant
  adversary, count = gans.make(gan), disc.get('classes', 0)
  if not 0 <= first < stop <= count:
    raise ValueError(
      f'The colour-variant tags {tuple(variant)} are not among {count} tags: the discriminator of '
      f'Tag2Pix classifies all tags (`classes` of tag_disc); this one is {disc["name"]!r}.'
    )
  learned = not cit_weights
  section = {**cit, 'classes': count - (stop - first) if learned else 0}
  if learned:
    log.info('No weights for cit: it learns with the generator.')
    cit = Net('cit', registry.net(section))
  else:
    cit = pretrained.frozen('cit', section, cit_weights)
  gen = Net('gen', registry.net({**gen, 'out_channels': 3}))
  disc = Net('disc', registry.net(disc))

  def grey(batch):
    return jnp.repeat(batch['line'], 3, -1)

  def told(batch):
    return batch['tags'][:, first:stop]

  def maps(batch):
    b, h, w, _ = batch['line'].shape
    return jnp.zeros((b, h // 8, w // 8, 8 * cit.module.width))

  def ink(batch):
    return 0.5 + 0.5 * batch['line']  # [0, 1], as published

  def invariant(x):
    return jnp.concatenate([x[:, :first], x[:, stop:]], -1)

  def classified(logits, batch, of_fake):
    """BCE of the colour-variant and colour-invariant tags; fakes answer for what was said alone."""
    truth = batch.get('truth', batch['tags']).astype(jnp.float32)
    said = 1 - (truth - batch['tags']) if of_fake else jnp.ones_like(truth)
    error = bce(logits, truth) * said
    return {'cvt': jnp.mean(error[:, first:stop]), 'cit': jnp.mean(invariant(error))}

  def forward(v, batch, key):
    if learned:
      (logits, taps), v = cit(v, grey(batch), key=key)
    else:
      _, taps = cit.infer(v, grey(batch))
    (raw, guide), v = gen(v, ink(batch), told(batch), taps[2], key=key)
    out = {'fake': jnp.tanh(raw)} | ({} if guide is None else {'guide': jnp.tanh(guide)})
    return out | ({'drawn': logits} if learned else {}), v

  def judged(v, rgb):
    """The discriminator's judgement of pictures, with the tags that it sees in them."""
    judgement, v = gans.judge(disc, v, rgb)
    if judgement.tags is None:
      raise ValueError('The discriminator of Tag2Pix must classify tags, as nets/tag_disc does.')
    return judgement, v

  def d_loss(v, out, batch, key, step):
    of_real, v = judged(v, batch['rgb'])
    of_fake, v = judged(v, out['fake'])
    metrics = {
      k: a + b
      for (k, a), b in zip(
        classified(of_real.tags, batch, False).items(),
        classified(of_fake.tags, batch, True).values(),
      )
    }
    classes = lambda_cvt * metrics['cvt'] + lambda_cit * metrics['cit']
    return adversary.d(of_real.logits, of_fake.logits) + (step >= two_step) * classes, (v, metrics)

  def g_loss(v, out, batch, key, step):
    of_fake, v = judged(v, out['fake'])
    metrics = {
      'adv': adversary.g(of_fake.logits),
      'l1': l1(out['fake'], batch['rgb']),
      **classified(of_fake.tags, batch, True),
    }
    error = lambda y: lambda_l1 * l1(y, batch['rgb']) + lambda_l2 * l2(y, batch['rgb'])
    loss = lambda_adv * metrics['adv'] + error(out['fake'])
    loss += (step >= two_step) * (lambda_cvt * metrics['cvt'] + lambda_cit * metrics['cit'])
    if 'guide' in out:
      loss += lambda_guide * error(out['guide'])
    if learned:
      truth = invariant(batch.get('truth', batch['tags']).astype(jnp.float32))
      metrics['drawn'] = jnp.mean(bce(out['drawn'], truth))
      loss += lambda_l1 * metrics['drawn']
    return loss, (v, metrics)

  def colorize(v, batch, key=None):
    _, taps = cit.infer(v, grey(batch))
    raw, _ = gen.infer(v, ink(batch), told(batch), taps[2])
    return 0.5 + 0.5 * jnp.tanh(raw)

  g = Player('g', ('gen', 'cit') if learned else ('gen',), g_loss)
  return Method(
    nets=(gen, disc, cit),
    forward=forward,
    turns=((Player('d', ('disc',), d_loss),), (g,)),
    colorize=colorize,
    exports=('gen', 'cit'),
    train_inputs=('line', 'rgb', 'tags'),
    inputs=('line', 'tags'),
    multiple=gen.module.multiple,
  )
