"""What a colour of a drawing is for: which noun names it, where other colours of it come from."""

import dataclasses
from collections.abc import Iterable, Mapping

import numpy as np

from onepunch_jax.synthetic import palette
from onepunch_jax.synthetic.tags import NOUN_NAMES, VOCABULARY

Rgb = tuple[int, int, int]

_KINDS = {  # noun -> kind of synthetic/palette.py
  'hair': 'hair',
  'eyes': 'eyes',
  'skin': 'skin',
  'background': 'background',
  'sky': 'sky',
  'fur': 'fur',
  'feathers': 'feather',
  'flower': 'flower',
  'leaves': 'leaf',
  'book': 'book',
  'car': 'car',
  'roof': 'roof',
  'wall': 'wall',
}
_CLOTHES = 'shirt jacket dress skirt trousers shoes hat bow ribbon scarf tie cape headband'.split()
_WORDS = {  # what ids and classes of SVG files say -> noun
  'face': 'skin',
  'leaf': 'leaves',
  'pants': 'trousers',
  'jeans': 'trousers',
  'shoe': 'shoes',
  'boots': 'shoes',
  'eye': 'eyes',
  'iris': 'eyes',
  'bg': 'background',
  'petal': 'flower',
  'petals': 'flower',
  'wing': 'wings',
  'horn': 'horns',
  'tshirt': 'shirt',
}


@dataclasses.dataclass(frozen=True)
class Role:
  """One use of colour in a drawing.

  Attributes:
    noun: its noun of `NOUN_NAMES`; '' is none of them.
    kind: kind of `synthetic.palette` that other colourings pick from; '' keeps its colour.
    ink: it is line, not colour.
    values: colours of its own to pick from as well.
  """

  noun: str = ''
  kind: str = ''
  ink: bool = False
  values: tuple[Rgb, ...] = ()

  @property
  def is_free(self) -> bool:
    """Whether it has other colours."""
    return bool(self.kind) or len(self.values) > 1


INK = Role(ink=True)
FIXED = Role()


def role_of_noun(noun: str) -> Role:
  """The role of a noun: its colours are those of the synthetic drawings' parts."""
  kind = 'clothes' if noun in _CLOTHES else _KINDS.get(noun, 'bright')
  return Role(noun, kind)


def noun_of_names(names: Iterable[str]) -> str:
  """The noun that ids and classes name, the innermost first; '' for none."""
  for name in names:
    for word in ''.join(c if c.isalpha() else ' ' for c in name.lower()).split():
      noun = _WORDS.get(word, word)
      if noun in NOUN_NAMES:
        return noun
  return ''


def recolor(
  roles: Mapping[str, Role], own: Mapping[str, Rgb], rng: np.random.Generator
) -> dict[str, Rgb]:
  """Other colours for the roles that are free; tones of one noun move together.

  Args:
    roles: by name.
    own: the colours that the drawing has for them.
    rng: decides.
  """
  out: dict[str, Rgb] = {}
  tones: dict[str, tuple[Rgb, Rgb]] = {}  # noun -> its first tone, and what that became
  for name, role in roles.items():
    if not role.is_free:
      continue
    if role.noun in tones:
      out[name] = _moved(own.get(name, tones[role.noun][0]), *tones[role.noun])
      continue
    several = len(role.values) > 1
    if role.values and (not role.kind or (several and rng.random() < 0.5)):
      out[name] = role.values[rng.integers(len(role.values))]
    else:
      out[name] = palette.pick(role.kind, rng, tuple(out.values()))
    if role.noun and name in own:
      tones[role.noun] = own[name], out[name]
  return out


def _moved(rgb: Rgb, before: Rgb, after: Rgb) -> Rgb:
  """A tone as much lighter or darker than `after` as it was than `before`."""
  return tuple(int(min(max(a + c - b, 0), 255)) for c, b, a in zip(rgb, before, after))


def tags(plain: Iterable[str], nouns: Mapping[str, Rgb]) -> list[str]:
  """Tags of a coloured drawing, those of the vocabulary of the synthetic drawings alone.

  Args:
    plain: what is in it.
    nouns: noun -> its colour.
  """
  found = [t for t in plain if t in VOCABULARY]
  found += [f'{palette.name_of(rgb)} {noun}' for noun, rgb in nouns.items()]
  return list(dict.fromkeys(found))


def multi_hot(names: Iterable[str]) -> list[int]:
  """0 or 1 for each word of the vocabulary of the synthetic drawings."""
  there = set(names)
  return [int(word in there) for word in VOCABULARY]
