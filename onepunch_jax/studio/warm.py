"""Getting the net ready for a page before the first click, and saying so.

What clicks, suggestions and next places need is compiled for a size of page. It is done beside the
painter, since nothing of it can be interrupted and a click must not wait for it.
"""

from typing import Any

from onepunch_jax.log import log
from onepunch_jax.studio.coloring import Coloring
from onepunch_jax.studio.painter import WARM, Busy, Painter
from onepunch_jax.studio.sessions import Session


def warm(helper: Painter, coloring: Coloring, session: Session, page: dict[str, Any]) -> None:
  """Has done once, on a page that has been coloured, what will be asked for; nothing is kept.

  Args:
    helper: whose thread does it.
    coloring: of the checkpoint.
    session: whose browsers are told.
    page: of the session's document.
  """
  store = session.store
  place = page['width'] / 2, page['height'] / 2
  steps = [
    ('Getting ready for suggestions', lambda: coloring.suggest(store, page, *place)),
    ('Getting ready for the next place', lambda: coloring.next_places(store, page)),
    ('Getting ready for more regions', lambda: coloring.prepare(store, page)),
  ]

  def step(number: int) -> None:
    text, work = steps[number]
    session.events.send('status', {'text': text, 'busy': True})
    try:
      work()
    except Exception:  # the click itself will say what is wrong
      log.exception('The net cannot get ready for a page.')
      number = len(steps)
    if number + 1 < len(steps):
      _submit(number + 1)
    else:
      session.events.send('status', {'text': 'Ready', 'busy': False})

  def _submit(number: int) -> None:
    try:
      helper.submit((session.id, page['id'], 'warm', number), WARM, lambda: step(number))
    except Busy:
      pass  # enough is being done

  _submit(0)
