"""What the colours and parts of known character styles are, in the synthetic drawings' words."""

from collections.abc import Mapping

from data_prep.svg.roles import FIXED, INK, Role

_HAIR = Role('hair', 'hair')
_SKIN = Role('skin', 'skin')
_SHIRT = Role('shirt', 'clothes')
_GROUND = Role('background', 'background')
_BRIGHT = Role('', 'bright')
_LIPS = Role('', 'flower')

ROLES: dict[str, dict[str, Role]] = {
  'adventurer': {
    'earrings': INK,
    'eyes': INK,
    'glasses': INK,
    'hair': _HAIR,
    'lips': _LIPS,
    'skin': _SKIN,
  },
  'open-peeps': {'clothing': _SHIRT, 'headContrast': _HAIR, 'skin': _SKIN},
  'croodles': {
    'base': _SKIN,
    'eyepatch': INK,
    'facialHair': INK,
    'glasses': INK,
    'top': Role('', 'hair', ink=True),
  },
  'toon-head': {'clothes': _SHIRT, 'hair': _HAIR, 'skin': _SKIN},
  'critters': {'background': _GROUND, 'body': Role('fur', 'bright'), 'accent': _BRIGHT},
  'sprouts': {
    'background': _GROUND,
    'pot': _BRIGHT,
    'plant': Role('leaves', 'leaf'),
    'bloom': Role('flower', 'flower'),
  },
  'moods': {'background': _GROUND, 'face': _BRIGHT},
  'cutouts': {
    'background': _GROUND,
    'paperBack': Role('shirt', 'clothes'),
    'paperFace': _BRIGHT,
    'paperHair': _HAIR,
    'paperMouth': _LIPS,
  },
  'landscape': {
    'background': Role('sky', 'sky'),
    'orb': Role(),
    'hill1': Role(),
    'hill2': Role(),
    'hill3': Role(),
    'hill4': Role(),
  },
  'micah': {
    'base': _SKIN,
    'earring': _BRIGHT,
    'eyeShadow': FIXED,
    'eyebrows': INK,
    'eyes': INK,
    'facialHair': INK,
    'glasses': _BRIGHT,
    'hair': _HAIR,
    'mouth': INK,
    'shirt': _SHIRT,
  },
}

UNCOLORED = ('croodles',)  # their own colours leave them white

_PLAIN = {
  'landscape': ('scenery', 'sky', 'hill', 'sun'),
  'sprouts': ('potted plant', 'plant'),
  'critters': ('animal',),
}
_PARTS = {'glasses': 'glasses', 'earrings': 'earrings', 'beard': 'beard', 'facialHair': 'beard'}
_HAIRS = {'long': 'long hair', 'short': 'short hair', 'bun': 'hair bun', 'bangs': 'short hair'}


def tags(style: str, chosen: Mapping) -> tuple[str, ...]:
  """Plain tags of a character from the variants that its style chose ('hairVariant': 'long01')."""
  out = list(_PLAIN.get(style, ('face',)))
  out += [tag for part, tag in _PARTS.items() if chosen.get(f'{part}Variant')]
  hair = str(chosen.get('hairVariant') or chosen.get('headVariant') or '').lower()
  out += [tag for start, tag in _HAIRS.items() if hair.startswith(start)]
  return tuple(dict.fromkeys(out))
