"""anyhint (ours): one generator for every way to specify colours: dots, strokes, tags, a reference.

    n, m, d = colour of the nearest hint, lightness of the ink under it, geodesic distance to it
    c    = exp(-d / s) at four scales s                                   guides/geodesic
    f    = G(x, u, n c, m c, c)                         x: line art, u: hints, points or strokes
    y'   = sum_i g_i a_i + h(f, .),  g = softmax(prior(c) + gate(f, c)),  a_i: n, n / m, attention
           to hints, tags and a reference, a proposal p(f)                nets/copying
    G: min  lambda_l1 E |y - y'| + lambda_l2 E |y - y'|^2 + lambda_log E_i log(E |y - y'|^2 + e)
            + lambda_candidates E_i,a log(E |y - a|^2 + e)
            + lambda_repaint E_i log(E_r |y - y'|^2 + e)            r: what was recoloured
            - lambda_attention E log(attention to the tags and reference cells of the same part)
            + lambda_adv E adv(D)                                   with `disc`

Propagating each hint to the pixels nearest to it (a watershed) is a strong baseline. We compute it,
feed it to the network, and let the network learn when to deviate: few hints, gaps in the lines,
shading, regions without a hint. The log is taken per image i; otherwise images without hints, whose
error is largest, dominate the loss. The candidates a of attention and the proposal are also trained
where the gate does not choose them. Each guide of an image is dropped at random in training
(prepare/tag_drop, reference and hint_drop), so that one checkpoint serves all combinations.
"""

from collections.abc import Sequence
from typing import Literal

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Array, Batch, Method, Net, Player, Section
from onepunch_jax.guides import geodesic, hints, part_ids, references
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses.attention import guide_attention_loss
from onepunch_jax.losses.pixel import l1, l2, log_mse, masked_log_mse
from onepunch_jax.ops.color import from_unit
from onepunch_jax.ops.opaque import opaque

GUIDES = ('hint', 'tags', 'reference')  # zeros in place of one are as good as none


def make(
  *,
  gen: Section,
  head: Section,
  disc: Section | None = None,
  tags: Section | None = None,
  reference: Section | None = None,
  num_tags: int = 0,
  hint_size: int = 3,
  encoding: Literal['line', 'white', 'zero'] = 'zero',
  gan: gans.Name = 'hinge',
  lambda_l1: float = 1.0,
  lambda_l2: float = 0.0,
  lambda_log: float = 1.0,
  lambda_candidates: float = 0.3,
  lambda_repaint: float = 1.0,
  part_table: Sequence[int] = (),
  lambda_attention: float = 1.0,
  lambda_adv: float = 0.01,
) -> Method:
  """The generator, its head, and perhaps a discriminator of line art and colours.

  Args:
    gen: a net to features [B, H, W, *], with its own out_channels.
    head: nets/copying; its `background` is set here.
    disc: the discriminator, or None: no adversary.
    tags, reference: nets/tag_tokens and nets/reference_code, for these guides; or None.
    num_tags: size of the tag vocabulary.
    hint_size: odd side of a dot in pixels (guides/geodesic.propagate).
    encoding: how the generator sees hints (guides/hints.encode).
    gan: a name of losses/gan.
    part_table: the noun of each part id of the data, -1 for none (guides/part_ids); () where the
      data has no parts.
    lambda_l1, lambda_l2, lambda_log, lambda_candidates, lambda_repaint, lambda_attention,
      lambda_adv: weights.
  """
  hints.check(encoding)
  adversary = gans.make(gan)
  sections = {'tags': tags, 'reference': reference}
  tokenizers = tuple(Net(name, registry.net(s)) for name, s in sections.items() if s)
  names = tuple(net.name for net in tokenizers)
  gen = Net('gen', registry.net(gen))
  # a place that no tag names may be background; one that the reference lacks may be anything
  background = tuple(name == 'tags' for name in names)
  head = Net('head', registry.net({**head, 'background': background}))
  disc = Net('disc', registry.net(disc)) if disc else None

  def guide(batch: Batch, name: str) -> Array:
    """The batch's tags or reference; zeros without."""
    if name == 'tags':
      return opaque(batch.get('tags', jnp.zeros((len(batch['line']), num_tags))))
    return opaque(references.of(batch))

  def propagate(batch):
    """The propagated hints, and the proximity of the nearest one at four scales."""
    propagated = geodesic.propagate(batch['line'], hints.of(batch), hint_size)
    return propagated, geodesic.proximity(propagated.distance)

  def gen_input(batch, propagated, proximity):
    """Everything about hints as channels of one image, [B, H, W, *]."""
    hint = hints.encode(hints.of(batch), batch['line'], encoding)
    near = proximity[..., 1:2]
    color, lightness = propagated.color * near, propagated.lightness * near
    return jnp.concatenate([batch['line'], hint, color, lightness, proximity], -1)

  def forward(v, batch, key):
    propagated, proximity = propagate(batch)
    tokens = []
    for net in tokenizers:
      group, v = net(v, guide(batch, net.name), key=key)
      tokens.append(group)
    features, v = gen(v, gen_input(batch, propagated, proximity), key=key)
    args = features, batch['line'], hints.of(batch), propagated, proximity, tuple(tokens)
    output, v = head(v, *args, key=key)
    out = {'fake': output.rgb, 'gate': output.gate, 'candidates': output.learned}
    if names and len(part_table):
      attention = dict(zip(names, output.attention))
      nouns = dict(zip(names, tokens))['tags'].nouns if tags else None
      out['attention'] = attention_loss(batch, attention, nouns)
    return out, v

  def attention_loss(batch, attention, nouns):
    """Supervised attention, [B], where the data knows the parts of figures."""
    stride = head.module.stride
    part = part_ids.of(batch, part_table)[:, ::stride, ::stride]
    reference_part = part_ids.of_reference(batch, part_table) if reference else None
    return guide_attention_loss(attention, part, nouns, reference_part, max(part_table) + 1)

  def d_loss(v, out, batch, key, step):
    of_real, v = gans.judge(disc, v, batch['line'], batch['rgb'])
    of_fake, v = gans.judge(disc, v, batch['line'], out['fake'])
    return adversary.d(of_real.logits, of_fake.logits), (v, {})

  def g_loss(v, out, batch, key, step):
    fake, real = out['fake'], batch['rgb']
    metrics = {'l1': l1(fake, real), 'l2': l2(fake, real), 'log': log_mse(fake, real)}
    loss = lambda_l1 * metrics['l1'] + lambda_l2 * metrics['l2'] + lambda_log * metrics['log']
    if lambda_candidates:
      errors = [log_mse(candidate, real) for candidate in jnp.moveaxis(out['candidates'], -2, 0)]
      metrics['candidates'] = sum(errors) / len(errors)
      loss += lambda_candidates * metrics['candidates']
    if 'repainted' in batch and lambda_repaint:
      metrics['repaint'] = masked_log_mse(fake, real, batch['repainted'])
      loss += lambda_repaint * metrics['repaint']
    if 'attention' in out:
      metrics['attention'] = jnp.mean(out['attention'])
      loss += lambda_attention * metrics['attention']
    if disc:
      of_fake, v = gans.judge(disc, v, batch['line'], fake)
      metrics['adv'] = adversary.g(of_fake.logits)
      loss += lambda_adv * metrics['adv']
    return loss, (v, metrics | gate_shares(out['gate']))

  def gate_shares(gate):
    """How much of the prediction comes from each candidate."""
    candidates = (
      'near',
      'cleaned',
      'exact',
      *(f'by_{name}' for name in ('hint', *names)),
      'proposed',
    )
    return dict(zip(candidates, jax.lax.stop_gradient(gate).mean((0, 1, 2))))

  def colorize(v, batch, key=None):
    propagated, proximity = propagate(batch)
    tokens = tuple(net.infer(v, guide(batch, net.name)) for net in tokenizers)
    features = gen.infer(v, gen_input(batch, propagated, proximity))
    args = features, batch['line'], hints.of(batch), propagated, proximity, tokens
    return jnp.clip(from_unit(head.infer(v, *args).rgb), 0, 1)

  trained = (*names, 'gen', 'head')
  d, g = Player('d', ('disc',), d_loss), Player('g', trained, g_loss)
  return Method(
    nets=(*tokenizers, gen, head, disc) if disc else (*tokenizers, gen, head),
    forward=forward,
    turns=((d,), (g,)) if disc else ((g,),),
    colorize=colorize,
    exports=trained,
    train_inputs=('line', 'rgb', 'hint', *names),
    inputs=('line', 'hint', *names),
    multiple=max(getattr(net.module, 'multiple', 1) for net in (*tokenizers, gen, head)),
  )
