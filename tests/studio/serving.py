"""A studio in a process of its own that can be killed, with a colorizer that is never asked."""

import socket
import types
from typing import Any

from onepunch_jax.studio.server import create_app
from tests import forked


def free_port() -> int:
  """A port that nothing listens at."""
  with socket.socket() as found:
    found.bind(('127.0.0.1', 0))
    return found.getsockname()[1]


def start(root: str, port: int, token: str) -> Any:
  """The process of a server."""
  process = forked.CONTEXT.Process(target=serve, args=(root, port, token), daemon=True)
  process.start()
  return process


def serve(root: str, port: int, token: str) -> None:
  """Serves until it is killed."""
  import uvicorn

  nothing = types.SimpleNamespace(
    by_regions=False,
    fingerprint='none',
    tags=(),
    method=types.SimpleNamespace(inputs=(), optional_inputs=()),
  )
  app = create_app(root, nothing, token=token, hosts=(f'127.0.0.1:{port}',))
  uvicorn.run(app, host='127.0.0.1', port=port, log_level='critical', lifespan='off')
