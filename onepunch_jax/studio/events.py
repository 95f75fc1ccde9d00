"""What happens in a session, told to its open browsers as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

HEARTBEAT = 10.0  # s between two signs of life
MOST = 2000  # events that wait for a slow browser; then it is let go, and asks for all anew


class Events:
  """The events of one session; `send` may be called from any thread."""

  def __init__(self) -> None:
    self._queues: dict[asyncio.Queue, asyncio.AbstractEventLoop] = {}

  def send(self, kind: str, data: Any) -> None:
    """Sends an event to all who listen."""
    text = f'event: {kind}\ndata: {json.dumps(data)}\n\n'
    for queue, loop in list(self._queues.items()):
      try:
        loop.call_soon_threadsafe(self._put, queue, text)
      except RuntimeError:  # the server has ended
        self._queues.pop(queue, None)

  def _put(self, queue: asyncio.Queue, text: str) -> None:
    if queue.full():
      self._queues.pop(queue, None)
      queue.get_nowait()
      queue.put_nowait(None)
    else:
      queue.put_nowait(text)

  async def listen(self) -> AsyncIterator[str]:
    """The events from now on, as the text of an event stream."""
    queue: asyncio.Queue = asyncio.Queue(MOST)
    self._queues[queue] = asyncio.get_running_loop()
    try:
      yield ': welcome\n\n'
      while True:
        try:
          text = await asyncio.wait_for(queue.get(), HEARTBEAT)
        except TimeoutError:
          text = ': here\n\n'
        if text is None:
          return
        yield text
    finally:
      self._queues.pop(queue, None)
