"""A slow server, a lost one; the keyboard alone; accessibility."""

import pytest

from tests.studio.browser.drawings import ROOMS, page, rooms

pytestmark = pytest.mark.browser
RED, BLUE = '#d02040', '#2050d0'


@pytest.fixture
def drawn(windows):
  return windows(pages=[rooms()])


def test_an_older_answer_is_never_shown_after_a_newer_one(drawn):
  """Row 4: the first click reaches the server late, after the second, which has sent it again."""
  held = []

  def late(route):
    if not held:
      held.append(route)
    else:
      route.continue_()

  drawn.page.route('**/api/changes', late)
  drawn.color(RED)
  drawn.click(*ROOMS['middle'])
  drawn.until(lambda: held)
  drawn.color(BLUE)  # the selected dot: a second question
  drawn.settle()
  assert drawn.pixel(100, 400) == (0x20, 0x50, 0xD0)
  try:
    held[0].continue_()
  except Exception:
    pass  # the browser has given it up already
  drawn.page.wait_for_timeout(500)
  assert drawn.pixel(100, 400) == (0x20, 0x50, 0xD0)
  drawn.page.unroute('**/api/changes')


def test_drawing_goes_on_while_the_network_is_slow(drawn, slow):
  slow(0.4)
  for place in ROOMS.values():
    drawn.click(*place)
  assert len(drawn.hints) == 5, 'all are there at once'
  drawn.settle()
  assert len(drawn.server_page()['hints']) == 5


def test_a_lost_server_is_said_and_nothing_is_lost(drawn):
  drawn.page.context.set_offline(True)
  drawn.click(*ROOMS['middle'])
  drawn.until(lambda: 'does not answer' in drawn.alert)
  drawn.click(*ROOMS['top left'])
  assert len(drawn.hints) == 2
  drawn.page.context.set_offline(False)
  drawn.until(lambda: not drawn.alert)
  drawn.settle()
  assert len(drawn.server_page()['hints']) == 2
  drawn.forgive('net::ERR_INTERNET_DISCONNECTED')


def test_everything_by_keyboard(studio):
  """Row 20: from the empty window to a saved page without a pointer."""
  studio.page.locator('#gallery .sample').first.wait_for()
  for _ in range(60):
    studio.press('Tab')
    if studio.page.evaluate("() => document.activeElement.classList.contains('sample')"):
      break
  studio.press('Enter')
  studio.until(lambda: studio.state('answer'))
  studio.settle()
  studio.press('Escape')
  studio.page.keyboard.press('F6')
  for _ in range(8):
    if studio.page.evaluate('() => document.activeElement.id') == 'stage':
      break
    studio.press('F6')
  assert studio.page.evaluate('() => document.activeElement.id') == 'stage'
  studio.press('ArrowRight', 'Shift+ArrowDown', 'Enter')
  studio.settle()
  assert len(studio.hints) == 1
  studio.until(lambda: studio.state('suggestions'))
  studio.press('1')
  studio.settle()
  assert studio.hints[0]['color'] == studio.state('suggestions')[0]['color']
  studio.press('Control+z')
  studio.settle()
  studio.press('Escape', 'Escape', 'Escape')
  assert studio.page.evaluate("() => Boolean(document.activeElement.closest('#tools'))")
  with studio.page.expect_download() as download:
    studio.press('Control+s')
  assert download.value.suggested_filename.endswith('.png')


def test_every_control_has_a_name_and_a_visible_focus(drawn):
  nameless = drawn.page.evaluate(
    """() => [...document.querySelectorAll('button, input, summary, [tabindex="0"]')]
      .filter((e) => e.checkVisibility() && e.type !== 'file')
      .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length))
      .map((e) => e.outerHTML)"""
  )
  assert nameless == []
  unseen = []
  for _ in range(70):
    drawn.press('Shift+Tab')
    outline = drawn.page.evaluate(
      """() => {
        const e = document.activeElement;
        const inside = e.id === 'divider' ? e.firstElementChild : e;
        return [getComputedStyle(inside).outlineStyle, e.outerHTML.slice(0, 80), e.tagName];
      }"""
    )
    if outline[2] != 'BODY' and outline[0] == 'none':
      unseen.append(outline[1])
  assert unseen == []


@pytest.mark.parametrize('theme', ['light', 'dark'])
def test_axe_finds_nothing_serious(windows, axe, theme):
  studio = windows(color_scheme=theme)
  findings = []
  for step in ('welcome', 'page', 'help'):
    if step == 'page':
      studio.open(('rooms.png', page()))
      for panel in ('tags', 'references', 'regions'):
        studio.fold(panel, False)
      studio.click(*ROOMS['middle'])
      studio.until(lambda: studio.state('suggestions'))
      studio.page.get_by_role('button', name='Add current').click()
      studio.settle()
    elif step == 'help':
      studio.page.focus('#stage')
      studio.press('?')
    studio.page.evaluate(axe)
    report = studio.page.evaluate('() => axe.run()')
    findings += [
      (step, v['id'], v['impact'], [n['html'][:100] for n in v['nodes'][:3]])
      for v in report['violations']
      if v['impact'] in ('serious', 'critical')
    ]
  assert findings == []
