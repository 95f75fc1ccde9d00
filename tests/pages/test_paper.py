"""What stays paper: margins, gutters and balloons; and what does not: coats, skies, houses."""

import cv2
import numpy as np
import pytest

from onepunch_jax.pages import paper
from onepunch_jax.synthetic import VOCABULARY, draw


def balloon_page(letters):
  page = np.full((600, 500), 255, np.uint8)
  cv2.rectangle(page, (30, 30), (470, 570), 0, 3)
  cv2.ellipse(page, (250, 170), (120, 70), 0, 0, 360, 0, 3)
  if letters:
    for n, word in enumerate(('HELLO', 'THERE', 'YOU')):
      cv2.putText(page, word, (190, 145 + 30 * n), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
  else:  # a face
    for x in (220, 280):
      cv2.circle(page, (x, 160), 9, 0, -1)
    cv2.line(page, (230, 205), (270, 205), 0, 3)
  return page


def test_margins_and_balloons_are_paper_faces_are_not():
  found = paper.find(balloon_page(True), 255)
  assert found.paper[10, 10] and found.balloons[140, 165] and not found.paper[400, 250]
  face = paper.find(balloon_page(False), 255)
  assert not face.balloons.any() and not face.paper[170, 250]
  hinted = np.zeros((600, 500), bool)
  hinted[168:172, 140:144] = True
  freed = paper.find(balloon_page(True), 255, hinted)
  assert not freed.balloons.any() and freed.paper[10, 10]
  kept = paper.find(balloon_page(False), 255, np.zeros_like(hinted), hinted)
  assert kept.balloons[170, 250] and not kept.paper[400, 250]  # white was hinted


def test_all_lettering_or_none_may_stay_paper():
  """A caption whose words stand at its left end is no round balloon: 'keep' keeps it."""
  page = balloon_page(True)
  cv2.rectangle(page, (60, 400), (440, 490), 0, 3)
  for n, words in enumerate(('MEANWHILE', 'ELSEWHERE')):
    cv2.putText(page, words, (75, 435 + 35 * n), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
  marked = {how: paper.find(page, 255, balloons=how).balloons for how in paper.BALLOONS}
  assert marked['auto'][140, 165] and not marked['auto'][440, 400]
  assert marked['keep'][140, 165] and marked['keep'][440, 400] and not marked['keep'][540, 250]
  assert not marked['color'].any()
  hint = np.zeros(page.shape, bool)
  hint[440:444, 380:384] = True  # white
  assert paper.find(page, 255, None, hint, balloons='color').balloons[440, 400]
  with pytest.raises(ValueError, match='auto, keep, color'):
    paper.find(page, 255, balloons='all')


def test_a_shout_is_a_balloon_and_a_house_is_none():
  turn, far = np.arange(32) * np.pi / 16, np.where(np.arange(32) % 2, 1.0, 1.5)
  spikes = np.stack([250 + 120 * far * np.cos(turn), 170 + 70 * far * np.sin(turn)], 1)
  page = np.full((600, 500), 255, np.uint8)
  cv2.rectangle(page, (30, 30), (470, 570), 0, 3)
  cv2.polylines(page, [np.int32(spikes)], True, 0, 3)
  for n, word in enumerate(('HELLO', 'THERE', 'YOU')):
    cv2.putText(page, word, (190, 145 + 30 * n), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
  cv2.rectangle(page, (200, 330), (320, 567), 0, 3)
  for x in (215, 250, 285):
    for y in range(345, 540, 40):
      cv2.rectangle(page, (x, y), (x + 18, y + 24), 0, 2)
  found = paper.find(page, 255)
  assert found.balloons[140, 165] and not found.balloons[340, 206]


def strip(outline):
  """Panels in a row; in each large hand lettering, and an outline (start, end) in degrees."""
  page = np.full((300, 1000), 255, np.uint8)
  for left in (10, 340, 670):
    cv2.rectangle(page, (left, 10), (left + 320, 290), 0, 3)
    cv2.ellipse(page, (left + 160, 100), (140, 75), 0, *outline, 0, 3)
    for n, word in enumerate(('SOMETHING', 'WAS SAID', 'LOUDLY')):
      at = left + 160 - 9 * len(word), 75 + 30 * n
      cv2.putText(page, word, at, cv2.FONT_HERSHEY_SIMPLEX, 0.85, 0, 2)
  return cv2.resize(page, None, fx=3, fy=3, interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize('outline', [(0, 360), (20, 365)])
def test_a_strip_of_large_letters_has_balloons_open_or_not(outline):
  found = paper.find(strip(outline), 255)
  for left in (10, 340, 670):
    assert found.balloons[3 * 45, 3 * (left + 160)] and found.balloons[3 * 100, 3 * (left + 35)]
    assert not found.balloons[3 * 240, 3 * (left + 160)]


def test_a_coat_that_the_edge_cuts_is_no_paper():
  page = np.full((600, 600), 255, np.uint8)
  cv2.circle(page, (300, 220), 110, 0, 4)
  cv2.ellipse(page, (300, 600), (220, 260), 0, 0, 360, 0, 4)
  page[330:345, 290:310] = 255  # the collar is open
  found = paper.find(page, 255)
  assert found.paper[100, 50] and found.paper[500, 20] and not found.paper[450:, 300].any()
  assert not found.paper[220, 300]


def test_a_horizon_leaves_no_margin():
  page = np.full((600, 600), 255, np.uint8)
  cv2.line(page, (0, 400), (599, 390), 0, 4)
  cv2.circle(page, (300, 330), 90, 0, 4)
  assert not paper.find(page, 255).paper.any()


def test_a_gap_in_an_outline_is_closed_and_a_gutter_is_not():
  page = np.full((900, 600), 255, np.uint8)
  for top in (20, 457):
    cv2.rectangle(page, (20, top), (580, top + 420), 0, 4)
  page[200:215, 18:23] = 255
  found = paper.find(page, 255)
  assert found.paper[448, 300] and not found.paper[230, 300] and not found.paper[600, 300]


def test_balloons_of_drawings():
  """Three drawings with balloons; all numbers: benchmarks/balloons.py."""
  spoken = VOCABULARY.index('speech bubble')
  for n in (3, 26, 27):
    drawing = draw(3, n, 600)
    assert drawing['tags'][spoken]
    truth = drawing['regions'][..., 0] == drawing['parts'].index('speech bubble')
    found = paper.find(drawing['line'][..., 0], 255).balloons
    assert found[truth].mean() > 0.8 and (found & ~truth).sum() < 0.2 * truth.sum()
