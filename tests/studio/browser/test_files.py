"""Opening: dialog, drop, paste, samples; wrong files; books."""

import pytest

from tests.studio.browser.drawings import ROOMS, bad, book, page, rooms

pytestmark = pytest.mark.browser


def test_a_sample_is_opened_and_colored(studio):
  """Row 2 and the first minute: a click on a sample, and there are colours."""
  studio.page.get_by_role('heading', name='Drop a page here').wait_for()
  studio.page.locator('#gallery .sample').first.click()
  studio.until(lambda: studio.state('answer'))
  studio.settle()
  assert not studio.page.is_visible('#welcome')
  assert len({tuple(p) for row in studio.pixels()[::7, ::7, :3] for p in row}) > 4


def test_drop_and_paste(studio):
  studio.drop('#stage', ('dropped.png', page()))
  studio.until(lambda: studio.state('answer'))
  assert studio.state('page')['name'].startswith('dropped')
  studio.page.evaluate(
    """(bytes) => {
      const transfer = new DataTransfer();
      const file = new File([new Uint8Array(bytes)], 'pasted.png', { type: 'image/png' });
      transfer.items.add(file);
      const init = { clipboardData: transfer, bubbles: true, cancelable: true };
      document.body.dispatchEvent(new ClipboardEvent('paste', init));
    }""",
    list(page(500, 400)),
  )
  studio.until(lambda: studio.state('page')['width'] == 500)


def test_nothing_is_asked_of_a_page_that_another_replaces(windows):
  """The server has closed the old page before the browser hears of the new one."""
  studio = windows(pages=[rooms()])
  old, asked = studio.state('page')['id'], []

  def late(route):
    response = route.fetch()
    studio.page.on('request', lambda request: asked.append(request.url))
    studio.page.wait_for_timeout(1500)  # hands that rest so long ask for the next best click
    route.fulfill(response=response)

  studio.page.route('**/api/open**', late)
  studio.drop('#stage', ('new.png', page(500, 400)))
  studio.until(lambda: studio.state('page')['width'] == 500)
  studio.until(lambda: studio.state('places'))
  assert not [url for url in asked if old in url and 'thumb' not in url]
  thumbnail = f"async () => (await fetch('/api/pages/{old}/thumb.jpg')).status"
  assert studio.page.evaluate(thumbnail) == 200, 'undo opens it again'


def test_a_wrong_file_is_one_sentence_and_the_page_lives_on(windows):
  studio = windows(pages=[rooms()])
  studio.click(*ROOMS['middle'])
  studio.settle()
  studio.drop('#stage', ('report.docx', b'PK no picture at all'))
  studio.until(lambda: 'report.docx' in studio.alert)
  assert '\n' not in studio.alert.replace('\n×', '') and '/' not in studio.alert
  assert len(studio.hints) == 1 and studio.state('page')['name'] == 'page 1.png'
  studio.click(*ROOMS['top left'])
  studio.settle()
  assert len(studio.hints) == 2
  studio.forgive('status of 400')


def test_a_book_is_opened_and_what_cannot_be_read_is_said(studio):
  studio.open(('book.cbz', book(3, cut=1)))
  studio.until(lambda: '002.png' in studio.alert)
  assert studio.page.locator('#book .pages li').count() == 2


def test_a_book_is_colored_in_a_queue_and_a_bad_page_never_stops_it(windows):
  """Row 19: thumbnails, progress, the failed page as such, hints for each page."""
  studio = windows(pages=[rooms(), rooms(488), bad(), rooms(496)])
  cards = studio.page.locator('#book .pages li')
  studio.until(lambda: cards.count() == 4)
  studio.page.get_by_role('button', name='Colour all').click()
  studio.until(
    lambda: (
      [p['status'] for p in studio.state('document')['pages']] == ['done', 'done', 'failed', 'done']
    )
  )
  failed = studio.page.locator('#book [data-status=failed]')
  assert 'too dark' in failed.get_attribute('aria-label')
  assert '3 of 4 coloured' in studio.page.inner_text('#book .note')
  studio.page.locator('#book .pages button').nth(1).click()
  studio.until(lambda: studio.state('page')['width'] == 488)
  studio.settle()
  studio.click(*ROOMS['middle'])
  studio.settle()
  assert len(studio.hints) == 1
  studio.page.focus('#stage')
  studio.press('PageUp')
  studio.until(lambda: studio.state('page')['width'] == 480)
  studio.settle()
  assert studio.hints == []
  studio.press('Control+z')  # the page is turned back
  studio.until(lambda: studio.state('page')['width'] == 488)
  studio.settle()
  assert len(studio.hints) == 1


def test_a_queue_is_cancelled(windows, slow):
  studio = windows(pages=[rooms(480 + 8 * n) for n in range(6)])
  slow(0.5)
  studio.page.get_by_role('button', name='Colour all').click()
  studio.page.get_by_role('button', name='Cancel', exact=True).click()
  studio.until(
    lambda: not {'queued', 'working'} & {p['status'] for p in studio.state('document')['pages']}
  )
  left = [p['status'] for p in studio.state('document')['pages']].count('new')
  assert left >= 3


def test_pages_are_added_to_a_book(windows):
  studio = windows(pages=[rooms(), rooms(488)])
  studio.drop('#book', ('more.png', page(520, 600)))
  studio.until(lambda: len(studio.state('document')['pages']) == 3)
  assert studio.state('page')['width'] == 480, 'the open page stays open'


def test_a_file_is_seen_while_it_is_read(studio, monkeypatch):
  """Row 3: something to look at within half a second, whatever the server does with the file."""
  import threading

  from onepunch_jax.studio import opening

  gate, real = threading.Event(), opening.open_path

  def slow(*arguments):
    gate.wait(60)
    return real(*arguments)

  monkeypatch.setattr(opening, 'open_path', slow)
  studio.drop('#stage', ('slow.png', page()))
  shown = "() => performance.getEntriesByName('studio:preview').length"
  studio.until(lambda: studio.page.evaluate(shown))
  studio.page.wait_for_timeout(100)
  seen = studio.pixels()[..., :3]
  middle = seen[seen.shape[0] // 2]
  assert (middle == 255).all(-1).sum() > 100, 'paper'
  assert studio.message.startswith('Reading slow.png') and not studio.state('page')
  gate.set()
  studio.until(lambda: studio.state('answer'))
  studio.settle()
  assert studio.state('page')['name'] == 'slow.png'
  studio.until(lambda: studio.message.startswith('Coloured'))


def test_a_picture_that_is_refused_leaves_the_page_that_was_there(windows):
  studio = windows(pages=[rooms()])
  before = studio.pixels()
  cut = page()[: len(page()) // 3]  # a browser may show a part of it; the server refuses it
  studio.drop('#stage', ('cut.png', cut))
  studio.until(lambda: 'cut.png' in studio.alert)
  studio.settle()
  assert (studio.pixels() == before).all()
  studio.forgive('status of 400')
