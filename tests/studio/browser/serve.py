"""A studio that listens on a port of its own, in a thread."""

import socket
import threading
from collections.abc import Sequence
from typing import Any

from PIL import Image

TOKEN = 'browser-tests'


class Server:
  """A running studio.

  Args:
    folder: of its sessions.
    colorizer: by which it colours.
    checkpoint: what that is called.
  """

  def __init__(self, folder: str, colorizer: Any, checkpoint: str):
    import uvicorn

    from onepunch_jax.studio.samples import samples
    from onepunch_jax.studio.server import create_app

    listening = socket.create_server(('127.0.0.1', 0))
    self._host = f'127.0.0.1:{listening.getsockname()[1]}'
    self.app = create_app(
      folder,
      colorizer,
      token=TOKEN,
      hosts=(self._host,),
      checkpoint=checkpoint,
      samples=samples(),
    )
    config = uvicorn.Config(
      self.app, log_level='error', lifespan='off', timeout_graceful_shutdown=1
    )
    self._server = uvicorn.Server(config)
    sockets = {'sockets': [listening]}
    self._thread = threading.Thread(target=self._server.run, kwargs=sockets, daemon=True)
    self._thread.start()

  def address(self, pages: Sequence[Image.Image] = ()) -> str:
    """What a new window opens: a session of its own, with these pages where there are any."""
    from onepunch_jax.studio import decode, document

    start = f'http://{self._host}/?token={TOKEN}'
    if not pages:
      return start
    session = self.app.studio.sessions.new()
    made = []
    for number, image in enumerate(pages, 1):
      page = document.new_page(f'page {number}.png', *image.size)
      image.save(session.store.path('pages', page['id'], '.png'))
      small = image.copy()
      small.thumbnail((decode.SMALL, decode.SMALL))
      small.save(session.store.path('pages', page['id'], '.small.png'))
      made.append(page)
    operation = {'op': 'pages', 'pages': made, 'current': made[0]['id']}
    document.change(session.document, None, 'open pages', [operation])
    session.save()
    return f'{start}&session={session.id}'

  def close(self) -> None:
    """Ends the server and its threads."""
    self._server.should_exit = True
    self._thread.join(10)
    self.app.studio.close()
