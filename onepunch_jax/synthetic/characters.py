"""Who is in a drawing, and what it shows: arithmetic on (seed, index) and a character's looks.

Indices come in blocks of 18. In every block six drawings show characters that others of the block
show too (a family of four and one of two), five show a character of their own, and the other seven
are animals, objects, plants, scenery and abstract drawings, in an order of the block's own. So a
family never leaves its block: splits at multiples of 18, or by seed, keep characters apart.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from onepunch_jax.synthetic import palette

BLOCK = 18
_FAMILIES = ((0, 1, 2, 3), (4, 5))
_CHARACTERS = 11  # slots 0..10 show a character
_OTHERS = ('animal', 'animal', 'objects', 'objects', 'plants', 'scenery', 'abstract')


def stream(*key: int) -> np.random.Generator:
  """Random numbers that are a function of the key alone."""
  return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))


@functools.lru_cache(256)
def _order(seed: int, block: int) -> tuple:
  return tuple(int(i) for i in stream(11, seed, block).permutation(BLOCK))


def _slot(seed: int, index: int) -> int:
  return _order(seed, index // BLOCK)[index % BLOCK]


def kind(seed: int, index: int) -> str:
  """'character', 'animal', 'objects', 'plants', 'scenery' or 'abstract', without drawing."""
  slot = _slot(seed, index)
  return 'character' if slot < _CHARACTERS else _OTHERS[slot - _CHARACTERS]


def character_of(seed: int, index: int) -> int:
  """The character id of a drawing, -1 where it shows none, without drawing."""
  slot = _slot(seed, index)
  if slot >= _CHARACTERS:
    return -1
  for family in _FAMILIES:
    if slot in family:
      slot = family[0]
  return index // BLOCK * BLOCK + slot


def same_character(seed: int, index: int, k: int) -> int:
  """The index of another drawing of the same character, without drawing.

  Args:
    k: which one; k = 0, 1, .. goes round the others.

  Returns:
    An index != `index`; `index` itself where no other drawing shows that character.
  """
  order = _order(seed, index // BLOCK)
  slot = order[index % BLOCK]
  for family in _FAMILIES:
    if slot in family:
      step = 1 + k % (len(family) - 1)
      other = family[(family.index(slot) + step) % len(family)]
      return index // BLOCK * BLOCK + order.index(other)
  return index


@dataclasses.dataclass(frozen=True)
class Character:
  """What stays the same in every drawing of a character. Lengths in head radii."""

  girl: bool
  skin: tuple  # colours are sRGB
  hair: tuple
  tips: tuple  # hair ends where they differ, else ()
  eyes: tuple
  colors: dict  # of clothes and accessories, by part
  jaw: float
  chin: float
  length: float
  eye_style: str
  eye_size: float
  eye_tall: float
  brow: float
  back: str  # hair behind the head
  fringe: str
  hair_length: float
  volume: float
  ahoge: bool
  strands: tuple  # 24 numbers in -1..1: how the locks differ
  ears: str
  outfit: str
  pattern: str  # of the main garment
  wears: tuple  # accessories
  heads: float  # how many heads tall
  build: float
  freckles: bool


_BACK = {
  True: 'long long wavy bob bob twin ponytail bun braids short curly two_buns spiky afro drills',
  False: 'short short short spiky spiky curly ponytail bob afro none long',
}
_FRINGE = 'zigzag zigzag blunt side side center curtain spiky swept'
_OUTFITS = {
  True: 'tshirt sailor dress dress shirt hoodie jacket kimono overalls sweater tank cape robe',
  False: 'tshirt shirt hoodie jacket jacket kimono overalls sweater tank suit armor cape robe',
}
_USUAL = {  # what a garment mostly looks like, whatever the character
  'sailor': dict(shirt='linen', skirt='navy', bow='crimson'),
  'suit': dict(jacket='charcoal', trousers='charcoal', shirt='linen', bow='crimson'),
  'shirt': dict(shirt='linen'),
  'robe': dict(dress='velvet', hat='velvet'),
}
_EVERYDAY = dict(trousers='denim', shoes='leather')
_EYES = {
  True: 'manga manga manga tall round dot narrow',
  False: 'manga tall round dot narrow',
}
_HEADWEAR = 'beanie witch cap straw crown headphones beret'
_SMALL = 'bow ribbon hairpin flower earrings glasses scarf choker halo eyepatch headband sunglasses'


@functools.lru_cache(128)
def character(seed: int, identity: int) -> Character:
  """The looks of a character: a function of the seed and the id."""
  rng = stream(12, seed, identity)

  def one(words):
    words = words.split() if isinstance(words, str) else words
    return words[int(rng.integers(len(words)))]

  girl = bool(rng.random() < 0.6)
  hair = palette.pick('hair', rng)
  eyes = palette.pick('eyes', rng)
  garments = {}
  used = []
  for name in ('shirt', 'jacket', 'dress', 'skirt', 'trousers', 'shoes', 'hat', 'bow', 'scarf'):
    garments[name] = palette.pick('clothes', rng, avoid=used[-1:])
    used.append(garments[name])
  garments['trim'] = palette.pick('clothes', rng, avoid=used[:3])
  garments['horns'] = palette.pick('clothes', rng)
  garments['glasses'] = palette.pick('bright', rng)
  wears = []
  if rng.random() < 0.22:
    wears.append(one(_HEADWEAR))
  else:
    if rng.random() < 0.2:
      wears.append(one('cat_ears cat_ears rabbit_ears fox_ears horns antlers bear_ears'))
    if rng.random() < (0.5 if girl else 0.12):
      wears.append(one('bow ribbon hairpin flower headband bow'))
  for _ in range(2):
    if rng.random() < 0.25:
      item = one(_SMALL)
      if item not in wears and not (item in 'bow ribbon flower headband halo' and wears):
        wears.append(item)
  outfit = one(_OUTFITS[girl])
  for name, kind in {**_EVERYDAY, **_USUAL.get(outfit, {})}.items():
    if rng.random() < 0.75:
      garments[name] = palette.pick(kind, rng)
  tips = palette.pick('hair', rng, avoid=(hair,)) if rng.random() < 0.1 else ()
  return Character(
    girl=girl,
    skin=palette.pick('skin', rng),
    hair=hair,
    tips=tips,
    eyes=eyes,
    colors=garments,
    jaw=rng.uniform(0.6, 0.78) if girl else rng.uniform(0.66, 0.86),
    chin=rng.uniform(0.16, 0.3) if girl else rng.uniform(0.24, 0.42),
    length=rng.uniform(0.98, 1.12) if girl else rng.uniform(1.04, 1.22),
    eye_style=one(_EYES[girl]),
    eye_size=rng.uniform(0.9, 1.2) if girl else rng.uniform(0.75, 1.05),
    eye_tall=rng.uniform(0.9, 1.15),
    brow=rng.uniform(0.8, 1.4) if girl else rng.uniform(1.3, 2.6),
    back=one(_BACK[girl]),
    fringe=one(_FRINGE),
    hair_length=rng.uniform(1.5, 3.4),
    volume=rng.uniform(1.06, 1.22),
    ahoge=bool(rng.random() < 0.25),
    strands=tuple(rng.uniform(-1, 1, 24)),
    ears='pointed' if rng.random() < 0.1 else 'round',
    outfit=outfit,
    pattern=one('none none none stripes dots plaid checks'),
    wears=tuple(wears),
    heads=rng.uniform(2.6, 6.2),
    build=rng.uniform(0.85, 1.12),
    freckles=bool(rng.random() < 0.12),
  )


@dataclasses.dataclass(frozen=True)
class Look:
  """What changes from one drawing of a character to the next."""

  yaw: float  # -1..1, positive: turned to the right of the picture
  pitch: float  # -1..1, positive: looking down
  roll: float  # radians
  mouth: str
  lids: str  # open | half | closed | happy | wink | wide
  mood: str  # of the brows: calm | angry | sad | raised
  gaze: tuple  # -1..1
  blush: float
  profile: bool  # seen from the side, on the side of yaw's sign


def look(rng) -> Look:
  expression = rng.random()

  def one(words):
    words = words.split()
    return words[int(rng.integers(len(words)))]

  if expression < 0.45:
    mouth, lids, mood = one('smile open grin cat smile'), one('open open happy wink'), 'calm'
  elif expression < 0.7:
    mouth, lids, mood = one('line smirk small'), one('open half open'), one('calm raised')
  elif expression < 0.82:
    mouth, lids, mood = one('frown shout teeth'), one('open half'), 'angry'
  elif expression < 0.92:
    mouth, lids, mood = one('wavy frown small'), one('open closed'), 'sad'
  else:
    mouth, lids, mood = one('o open'), 'wide', 'raised'
  yaw = float(np.clip(rng.normal(0, 0.42), -0.95, 0.95))
  profile = bool(rng.random() < 0.07)
  if profile:
    yaw = 0.95 if yaw > 0 else -0.95
    lids = 'open' if lids == 'wink' else lids
  return Look(
    yaw=yaw,
    pitch=float(np.clip(rng.normal(0, 0.3), -0.7, 0.7)),
    roll=float(np.clip(rng.normal(0, 0.1), -0.25, 0.25)),
    mouth=mouth,
    lids=lids,
    mood=mood,
    gaze=(float(np.clip(rng.normal(yaw * 0.3, 0.3), -0.8, 0.8)), float(rng.normal(0, 0.15))),
    blush=float(rng.random() < 0.4) * rng.uniform(0.4, 1.0),
    profile=profile,
  )
