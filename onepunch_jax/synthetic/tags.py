"""The vocabulary of tags, and the tags of a finished sheet."""

from __future__ import annotations

import cv2
import numpy as np

from onepunch_jax.synthetic import palette, raster

# Region name -> the noun of its colour tags. Regions not listed give no colour tag.
NOUNS = {
  'hair': 'hair',
  'left eye': 'eyes',
  'right eye': 'eyes',
  'skin': 'skin',
  'shirt': 'shirt',
  'jacket': 'jacket',
  'dress': 'dress',
  'skirt': 'skirt',
  'trousers': 'trousers',
  'shoes': 'shoes',
  'hat': 'hat',
  'bow': 'bow',
  'ribbon': 'ribbon',
  'scarf': 'scarf',
  'tie': 'tie',
  'cape': 'cape',
  'horns': 'horns',
  'headband': 'headband',
  'background': 'background',
  'sky': 'sky',
  'fur': 'fur',
  'feathers': 'feathers',
  'scales': 'scales',
  'wings': 'wings',
  'flower': 'flower',
  'leaves': 'leaves',
  'fruit': 'fruit',
  'cup': 'cup',
  'book': 'book',
  'car': 'car',
  'balloon': 'balloon',
  'roof': 'roof',
  'wall': 'wall',
  'box': 'box',
  'umbrella': 'umbrella',
  'boat': 'boat',
  'ball': 'ball',
  'lamp': 'lamp',
  'robot': 'robot',
  'rocket': 'rocket',
  'mushroom': 'mushroom',
  'bottle': 'bottle',
  'cake': 'cake',
}

_PLAIN = (
  '1girl',
  '1boy',
  'face',
  'full body',
  'smile',
  'open mouth',
  'closed eyes',
  'one eye closed',
  'frown',
  'blush',
  'freckles',
  'profile',
  'long hair',
  'short hair',
  'ponytail',
  'twintails',
  'braid',
  'hair bun',
  'curly hair',
  'spiky hair',
  'bald',
  'beard',
  'ahoge',
  'glasses',
  'sunglasses',
  'hat',
  'bow',
  'ribbon',
  'hairpin',
  'hair flower',
  'headband',
  'headphones',
  'crown',
  'halo',
  'eyepatch',
  'earrings',
  'scarf',
  'choker',
  'animal ears',
  'horns',
  'pointed ears',
  'shirt',
  'jacket',
  'dress',
  'hoodie',
  'kimono',
  'sailor collar',
  'suit',
  'sweater',
  'armor',
  'cape',
  'overalls',
  'striped',
  'polka dot',
  'plaid',
  'checkered',
  'animal',
  'cat',
  'dog',
  'rabbit',
  'bear',
  'fox',
  'mouse',
  'pig',
  'bird',
  'owl',
  'penguin',
  'fish',
  'whale',
  'butterfly',
  'snail',
  'turtle',
  'cup',
  'book',
  'car',
  'house',
  'balloon',
  'fruit',
  'umbrella',
  'box',
  'boat',
  'ball',
  'lamp',
  'robot',
  'rocket',
  'mushroom',
  'bottle',
  'cake',
  'guitar',
  'plant',
  'flower',
  'tree',
  'cactus',
  'leaf',
  'potted plant',
  'scenery',
  'sky',
  'night',
  'sunset',
  'sun',
  'moon',
  'star',
  'cloud',
  'hill',
  'mountain',
  'sea',
  'city',
  'snow',
  'abstract',
  'comic',
  'speech bubble',
  'lettering',
  'simple background',
  'hatching',
)

NOUN_NAMES = tuple(dict.fromkeys(NOUNS.values()))  # batch['nouns'] numbers them from 1 on
VOCABULARY = _PLAIN + tuple(
  f'{color} {noun}' for noun in NOUN_NAMES for color in palette.COLOR_NAMES
)
_NUMBER = {part: NOUN_NAMES.index(noun) + 1 for part, noun in NOUNS.items()}
_POSITION = {tag: i for i, tag in enumerate(VOCABULARY)}
_LEAST = 4e-4  # a part smaller than this share of the sheet is not tagged


def multi_hot(sheet: raster.Sheet) -> np.ndarray:
  """uint8 [len(VOCABULARY)]: what was drawn, and the colour names of the parts one can see."""
  hot = np.zeros(len(VOCABULARY), np.uint8)
  for tag in sheet.tags:
    hot[_POSITION[tag]] = 1
  seen = cv2.resize(sheet.labels, (256, 256), interpolation=cv2.INTER_NEAREST)
  area = cv2.calcHist([seen], [0], None, [256], [0, 256]).ravel()
  for part in np.flatnonzero(area > _LEAST * 65536):
    noun = NOUNS.get(sheet.names[part])
    if noun:
      hot[_POSITION[f'{palette.name_of(sheet.colors[part])} {noun}']] = 1
  return hot


def nouns(sheet: raster.Sheet) -> np.ndarray:
  """uint8 [256]: of each region id the number of its noun in NOUN_NAMES, from 1 on; 0 for none."""
  out = np.zeros(256, np.uint8)
  out[: len(sheet.names)] = [_NUMBER.get(name, 0) for name in sheet.names]
  return out


def parts(nouns: tuple[str, ...]) -> tuple[int, ...]:
  """Of the numbers in batch['nouns'], from 0 on, which of `nouns` each is; -1 for none of them."""
  place = {noun: i for i, noun in enumerate(nouns)}
  return (-1, *(place.get(noun, -1) for noun in NOUN_NAMES))
