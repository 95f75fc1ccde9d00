"""Tag2Pix (Kim et al. 2019): line art and tags such as "blue hair", by an auxiliary classifier GAN.

    G(x, t, f) -> y', y''        x: line art, t: colour-variant tags, f: features of x; y'': guide
    D(y) -> real?, which tags?
    D: min  -E log D(y) - E log(1 - D(y')) + c [lambda_cvt BCE_t(D(y), D(y')) + lambda_cit BCE_i]
    G: min  -E log D(y') + c [...] of y' + lambda_l1 (E |y - y'| + lambda_guide E |y - y''|)

c is 0 before step `two_step`, then 1: "two-step training with changing loss". f comes from a
classifier of the colour-invariant tags i on line art (CIT): a frozen net if it has weights; else it
is trained with the generator, by its own BCE (weighted as L1) and the generator's loss.
"""

import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player, Section
from onepunch_jax.log import log
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses.classification import bce
from onepunch_jax.losses.pixel import l1, l2
from onepunch_jax.ops.color import from_unit
from onepunch_jax.weights import pretrained

GUIDES = ('tags',)  # what a user may give


def make(
  *,
  gen: Section,
  disc: Section,
  cit: Section,
  variant: tuple[int, int],
  cit_weights: str = '',
  gan: gans.Name = 'vanilla',
  two_step: int = 0,
  lambda_l1: float = 1000.0,
  lambda_l2: float = 0.0,
  lambda_guide: float = 0.9,
  lambda_adv: float = 1.0,
  lambda_cvt: float = 1.0,
  lambda_cit: float = 1.0,
) -> Method:
  """Tag2Pix.

  Args:
    gen: nets/tag2pix; its `out_channels` is set here.
    disc: a discriminator that classifies all tags, as nets/tag_disc with `classes`.
    cit: a ResNet whose third map (at an eighth) gives the features; `classes` is set here.
    variant: (first, one past the last) of the colour-variant tags: those that a user gives.
    cit_weights: a weight file or a tagger's run, for `cit`; '' for none.
    gan: a name of losses/gan.
    two_step: the step from which tags are classified.
    lambda_l1, lambda_l2: weights of absolute and (ours) squared error, of prediction and guide.
    lambda_guide: weight of the guide's error relative to the prediction's.
    lambda_adv, lambda_cvt, lambda_cit: weights.
  """
  first, stop = variant
  adversary, num_tags = gans.make(gan), disc.get('classes', 0)
  if not 0 <= first < stop <= num_tags:
    raise ValueError(
      f'The colour-variant tags {tuple(variant)} are not among {num_tags} tags: the discriminator '
      f'of Tag2Pix classifies all tags (`classes` of tag_disc); this one is {disc["name"]!r}.'
    )
  learned = not cit_weights
  section = {**cit, 'classes': num_tags - (stop - first) if learned else 0}
  if learned:
    log.info('No weights for cit: it is trained with the generator.')
    cit = Net('cit', registry.net(section))
  else:
    cit = pretrained.frozen('cit', section, cit_weights)
  gen = Net('gen', registry.net({**gen, 'out_channels': 3}))
  disc = Net('disc', registry.net(disc))

  def cit_input(batch):
    return jnp.repeat(batch['line'], 3, -1)

  def gen_input(batch):
    """Line art in [0, 1], as published, and the colour-variant tags."""
    return from_unit(batch['line']), batch['tags'][:, first:stop]

  def all_tags(batch):
    """The true tags, also those that tag dropout (prepare/tag_drop) hides from the generator."""
    return batch.get('truth', batch['tags']).astype(jnp.float32)

  def invariant(x):
    """The columns of the colour-invariant tags."""
    return jnp.concatenate([x[:, :first], x[:, stop:]], -1)

  def tag_losses(logits, batch, of_fake):
    """BCE of the colour-variant and colour-invariant tags; of fakes, without the hidden tags."""
    truth = all_tags(batch)
    counts = 1 - (truth - batch['tags']) if of_fake else jnp.ones_like(truth)
    error = bce(logits, truth) * counts
    return {'cvt': jnp.mean(error[:, first:stop]), 'cit': jnp.mean(invariant(error))}

  def weighted(metrics, step):
    return (step >= two_step) * (lambda_cvt * metrics['cvt'] + lambda_cit * metrics['cit'])

  def judge(v, rgb):
    """The discriminator's judgement of images, with its classification of their tags."""
    judgement, v = gans.judge(disc, v, rgb)
    if judgement.tags is None:
      raise ValueError('The discriminator of Tag2Pix must classify tags, as nets/tag_disc does.')
    return judgement, v

  def forward(v, batch, key):
    if learned:
      (logits, maps), v = cit(v, cit_input(batch), key=key)
    else:
      _, maps = cit.infer(v, cit_input(batch))
    (raw, guide), v = gen(v, *gen_input(batch), maps[2], key=key)
    out = {'fake': jnp.tanh(raw)}
    if guide is not None:
      out['guide'] = jnp.tanh(guide)
    if learned:
      out['cit_logits'] = logits
    return out, v

  def d_loss(v, out, batch, key, step):
    of_real, v = judge(v, batch['rgb'])
    of_fake, v = judge(v, out['fake'])
    real, fake = tag_losses(of_real.tags, batch, False), tag_losses(of_fake.tags, batch, True)
    metrics = {name: real[name] + fake[name] for name in real}
    return adversary.d(of_real.logits, of_fake.logits) + weighted(metrics, step), (v, metrics)

  def pixel_loss(prediction, batch):
    return lambda_l1 * l1(prediction, batch['rgb']) + lambda_l2 * l2(prediction, batch['rgb'])

  def g_loss(v, out, batch, key, step):
    of_fake, v = judge(v, out['fake'])
    metrics = {
      'adv': adversary.g(of_fake.logits),
      'l1': l1(out['fake'], batch['rgb']),
      **tag_losses(of_fake.tags, batch, True),
    }
    loss = lambda_adv * metrics['adv'] + pixel_loss(out['fake'], batch)
    loss += weighted(metrics, step)
    if 'guide' in out:
      loss += lambda_guide * pixel_loss(out['guide'], batch)
    if learned:
      metrics['cit_line'] = jnp.mean(bce(out['cit_logits'], invariant(all_tags(batch))))
      loss += lambda_l1 * metrics['cit_line']
    return loss, (v, metrics)

  def colorize(v, batch, key=None):
    _, maps = cit.infer(v, cit_input(batch))
    raw, _ = gen.infer(v, *gen_input(batch), maps[2])
    return from_unit(jnp.tanh(raw))

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
