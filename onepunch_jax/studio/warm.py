"""Getting the net ready for a page before the first click, and saying so.

What a click needs is compiled for a size of page; done in the background, in small pieces between
which clicks have their turn.
"""

from typing import Any

from onepunch_jax.log import log
from onepunch_jax.studio.coloring import Coloring
from onepunch_jax.studio.painter import WARM, Busy, Painter
from onepunch_jax.studio.sessions import Session


def warm(painter: Painter, coloring: Coloring, session: Session, page: dict[str, Any]) -> None:
  """Has the painter do once, on a page, what clicks will ask for; nothing of it is kept.

  Args:
    painter: whose thread the net has.
    coloring: of the checkpoint.
    session: whose browsers are told.
    page: of the session's document.
  """
  hint = {'id': 'warm', 'use': 'color', 'color': '#808080'}
  hint['points'] = [[page['width'] / 2, page['height'] / 2, 3.0]]
  hinted = {**page, 'hints': [hint]}
  store = session.store
  place = page['width'] / 2, page['height'] / 2
  steps = [
    ('Reading the page', lambda: coloring.try_out(store, page)),
    ('Getting ready for clicks', lambda: coloring.try_out(store, hinted)),
    ('Getting ready for suggestions', lambda: coloring.suggest(store, page, *place)),
    ('Getting ready for the next place', lambda: coloring.next_places(store, page)),
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
      painter.submit((session.id, page['id'], 'warm', number), WARM, lambda: step(number))
    except Busy:
      pass  # enough is being done

  _submit(0)
