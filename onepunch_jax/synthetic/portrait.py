"""A character drawn: a head with or without a bust, in the head frame of a pen."""

from __future__ import annotations

from onepunch_jax.synthetic import bangs, clothes, ears_and_horns, face, hair, headwear, profile

_MOUTHS = {
  'smile': 'smile',
  'grin': 'smile',
  'cat': 'smile',
  'open': 'open mouth',
  'shout': 'open mouth',
  'o': 'open mouth',
  'frown': 'frown',
}
_BACKS = {
  'long': ('long hair',),
  'wavy': ('long hair', 'curly hair'),
  'bob': ('short hair',),
  'twin': ('twintails', 'long hair'),
  'ponytail': ('ponytail',),
  'bun': ('hair bun',),
  'braids': ('braid', 'long hair'),
  'short': ('short hair',),
  'curly': ('curly hair',),
  'two_buns': ('hair bun',),
  'spiky': ('spiky hair', 'short hair'),
  'afro': ('curly hair',),
  'none': ('bald',),
  'drills': ('curly hair', 'long hair'),
}
_WEARS = {
  'beanie': 'hat',
  'witch': 'hat',
  'cap': 'hat',
  'straw': 'hat',
  'beret': 'hat',
  'crown': 'crown',
  'headphones': 'headphones',
  'cat_ears': 'animal ears',
  'rabbit_ears': 'animal ears',
  'fox_ears': 'animal ears',
  'bear_ears': 'animal ears',
  'horns': 'horns',
  'antlers': 'horns',
  'flower': 'hair flower',
}


def describe(pen, who, look) -> None:
  """The tags of a character whatever its colours."""
  pen.tag('1girl' if who.girl else '1boy', 'face', *_BACKS[who.back])
  pen.tag(*(_WEARS.get(item, item) for item in who.wears))
  if look.mouth in _MOUTHS:
    pen.tag(_MOUTHS[look.mouth])
  if look.lids in ('happy', 'closed'):
    pen.tag('closed eyes')
  for yes, name in (
    (look.lids == 'wink', 'one eye closed'),
    (look.blush > 0, 'blush'),
    (who.freckles, 'freckles'),
    (who.ahoge and who.back != 'none', 'ahoge'),
    (who.ears == 'pointed', 'pointed ears'),
    (bearded(who), 'beard'),
  ):
    if yes:
      pen.tag(name)


def bearded(who) -> bool:
  return not who.girl and who.strands[4] > 0.7


def draw_head(pen, who, look) -> None:
  """The head over whatever body is there; the hair behind it has been drawn before."""
  skin = pen.part('skin', who.skin)
  if look.profile:
    profile.draw_profile(pen, who, look)
  else:
    face.draw_ears(pen, who, look, skin)
    face.draw_face(pen, who, look)
  if bearded(who) and not look.profile:
    bangs.draw_beard(pen, who, look)
    face.mouth(pen, who, look, skin)
  ears_and_horns.draw_grown(pen, who, look)
  if not look.profile:
    bangs.draw_side_locks(pen, who, look)
    bangs.draw_fringe(pen, who, look)
  headwear.draw_over(pen, who, look)


def draw_portrait(pen, who, look, bust: bool = True) -> None:
  describe(pen, who, look)
  hair.draw_back(pen.at(0, 0, angle=look.roll), who, look)
  if bust:
    clothes.draw_bust(pen, who, look)
  draw_head(pen.at(0, 0, angle=look.roll), who, look)
