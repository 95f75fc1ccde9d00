"""One generator for every way to say a colour (ours): any subset of what a person may give.

    n, m, d = nearest hint over the ink, how light it lay, its way      guides/geodesic.propagate
    c    = e^(-d / s) for lengths s: within a stone's throw, on this side of the lines, ...
    f    = G(x, u, n c, c)                               x: line art, u: hints, points or strokes
    y'   = sum_i g_i a_i + h(f, .),  g = softmax(c + gate(f, c)),  a_i: n, n / m, attention to
           hints, tags and a reference, a proposal p(f)            nets/copying
    G: min  lambda_l1 E |y - y'| + lambda_l2 E |y - y'|^2 + lambda_log E_i log(E |y - y'|^2 + e)
            + lambda_guess E_i,a log(E |y - a|^2 + e)    with `disc`:  + lambda_adv E adv(D)
            + lambda_told E_i log(E_where |y - y'|^2 + e)     where: what was repainted
            - lambda_parts E log(attention to what was said of the part, or shows it)    if known

A watershed from the hints is hard to beat by a net that must learn to carry colours: so it is
given, and the net learns where to leave it: few hints, open lines, shading, what no hint covers.
The logarithm is of each drawing's own error: else drawings without hints, where most is wrong, are
all that counts.  Attention and the proposal, a, learn to be right by themselves too, also where the
gate does not choose them.  Each guide of a drawing is dropped at random in training (prepare/
tag_drop, reference and hint_drop), so that one checkpoint serves all.
"""

import jax
import jax.numpy as jnp

from onepunch_jax import registry
from onepunch_jax.core import Method, Net, Player
from onepunch_jax.guides import geodesic, hints, part_ids, references
from onepunch_jax.losses import attention
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses.pixel import l1, l2

GUIDES = ('hint', 'tags', 'reference')  # what a person may give: of each, zeros say nothing
LEAST = 1e-4  # squared error of a drawing that is as good as right


def make(
  *,
  gen,
  head,
  disc=None,
  tags=None,
  reference=None,
  words=0,
  around=3,
  encoding='zero',
  gan='hinge',
  lambda_l1=1.0,
  lambda_l2=0.0,
  lambda_log=1.0,
  lambda_guess=0.3,
  lambda_told=1.0,
  parts=(),
  lambda_parts=1.0,
  lambda_adv=0.01,
) -> Method:
  """The generator, its head, and perhaps a discriminator of line art and colours.

  Args:
    gen: a net to `features` [B, H, W, *]: its own out_channels.
    head: nets/copying; its `paper` is set here.
    disc: the discriminator, or None: no adversary.
    tags, reference: nets/tag_tokens and nets/reference_code, for a generator that is guided by
      these too; or None.
    words: how many tags there are.
    around: pixels of a click (guides/geodesic.propagate), odd.
    encoding: how the generator sees hints (`hints.encode`).
    gan: a name of losses/gan.py.
    parts: of the numbers in batch['nouns'], which noun each is (of the tags, if there are any);
      -1: of none.  () where the data knows no parts.
    lambda_l1, lambda_l2, lambda_log, lambda_guess, lambda_told, lambda_parts, lambda_adv: weights.
  """
  hints.check(encoding)
  adversary = gans.make(gan)
  later = jax.lax.optimization_barrier  # folded constants of what is not told were NaN
  said = lambda b: later(b.get('tags', jnp.zeros((len(b['line']), words))))
  shown = lambda b: later(references.of(b))
  tokens = tuple(
    filter(
      None,
      (
        Net('tags', registry.net(tags)) if tags else None,
        Net('reference', registry.net(reference)) if reference else None,
      ),
    )
  )
  arguments = {'tags': said, 'reference': shown}
  guides = ('hint', *(net.name for net in tokens))
  gen = Net('gen', registry.net(gen))
  on_paper = tuple(net.name == 'tags' for net in tokens)  # a tag that is not said says something
  head = Net(
    'head',
    registry.net({**head, 'paper': on_paper}),
  )
  if disc:
    disc = Net('disc', registry.net(disc))

  def spread(batch):
    near, light, way = geodesic.propagate(batch['line'], hints.of(batch), around)
    return near, light, geodesic.proximity(way)

  def planes(batch, near, light, clues):
    shown = hints.encode(hints.of(batch), batch['line'], encoding)
    close = clues[..., 1:2]
    return jnp.concatenate([batch['line'], shown, near * close, light * close, clues], -1)

  def forward(v, batch, key):
    given, told, nouns = spread(batch), [], None
    for net in tokens:
      group, v = net(v, arguments[net.name](batch), key=key)
      told.append(group[:3])
      nouns = group[3] if net.name == 'tags' else nouns
    seen, v = gen(v, planes(batch, *given), key=key)
    out, v = head(v, seen, batch['line'], hints.of(batch), *given, tuple(told), key=key)
    *out, looked = out
    out = dict(zip(('fake', 'gate', 'guesses'), out))
    if parts:
      out['missed'] = sum(strays(dict(zip(guides[1:], looked)), nouns, batch))
    return out, v

  def strays(looked, nouns, batch):
    """Of attention to tags, and to a reference, -log of what is right, where parts are known."""
    stride = head.module.stride
    part, kinds = part_ids.of(batch, parts)[:, ::stride, ::stride], max(parts) + 2
    if 'tags' in looked:
      yield attention.attention_loss(
        looked['tags'], *attention.right_tags(part, nouns, kinds), kinds
      )
    if 'reference' in looked:
      shown, count = part_ids.of_reference(batch, parts), looked['reference'].shape[-1] - 1
      right = attention.right_cells(part, shown, kinds + 1, count)
      yield attention.attention_loss(looked['reference'], *right, kinds + 1)

  def d_loss(v, out, batch, key, step):
    of_real, v = gans.judge(disc, v, batch['line'], batch['rgb'])
    of_fake, v = gans.judge(disc, v, batch['line'], out['fake'])
    return adversary.d(of_real.logits, of_fake.logits), (v, {})

  def g_loss(v, out, batch, key, step):
    logs = lambda x: jnp.mean(jnp.log(jnp.mean((x - batch['rgb']) ** 2, (1, 2, 3)) + LEAST))
    metrics = {
      'l1': l1(out['fake'], batch['rgb']),
      'l2': l2(out['fake'], batch['rgb']),
      'log': logs(out['fake']),
    }
    loss = lambda_l1 * metrics['l1'] + lambda_l2 * metrics['l2'] + lambda_log * metrics['log']
    if lambda_guess:
      guesses = jnp.moveaxis(out['guesses'], -2, 0)
      metrics['guess'] = sum(map(logs, guesses)) / len(guesses)
      loss += lambda_guess * metrics['guess']
    if 'repainted' in batch and lambda_told:
      where = batch['repainted']
      wrong = jnp.sum(where * (out['fake'] - batch['rgb']) ** 2, (1, 2, 3))
      area = jnp.sum(where, (1, 2, 3))
      metrics['told'] = jnp.mean((area > 0) * jnp.log(wrong / (3 * area + 1e-6) + LEAST))
      loss += lambda_told * metrics['told']
    if 'missed' in out:
      metrics['parts'] = jnp.mean(out['missed'])
      loss += lambda_parts * metrics['parts']
    if disc:
      of_fake, v = gans.judge(disc, v, batch['line'], out['fake'])
      metrics['adv'] = adversary.g(of_fake.logits)
      loss += lambda_adv * metrics['adv']
    shares = jax.lax.stop_gradient(out['gate']).mean((0, 1, 2))
    names = ('near', 'cleaned', 'exact', *(f'by_{name}' for name in guides), 'proposed')
    metrics |= dict(zip(names, shares))
    return loss, (v, metrics)

  def colorize(v, batch, key=None):
    given = spread(batch)
    told = tuple(net.infer(v, arguments[net.name](batch))[:3] for net in tokens)
    seen = gen.infer(v, planes(batch, *given))
    fake, *_ = head.infer(v, seen, batch['line'], hints.of(batch), *given, told)
    return jnp.clip(0.5 + 0.5 * fake, 0, 1)

  moved = (*(net.name for net in tokens), 'gen', 'head')
  d, g = Player('d', ('disc',), d_loss), Player('g', moved, g_loss)
  return Method(
    nets=(*tokens, gen, head, disc) if disc else (*tokens, gen, head),
    forward=forward,
    turns=((d,), (g,)) if disc else ((g,),),
    colorize=colorize,
    exports=moved,
    train_inputs=('line', 'rgb', *guides),
    inputs=('line', *guides),
    multiple=max(getattr(net.module, 'multiple', 1) for net in (*tokens, gen, head)),
  )
