"""A studio in a process of its own that can be killed, with a colorizer that is never asked."""

import multiprocessing
import socket
import types
from typing import Any

from onepunch_jax.studio.server import create_app
from tests.studio.conftest import TOKEN

# each server is a copy of a process that has imported everything already
CONTEXT = multiprocessing.get_context('forkserver')


def free_port() -> int:
  """A port that nothing listens at."""
  with socket.socket() as found:
    found.bind(('127.0.0.1', 0))
    return found.getsockname()[1]


def start(root: str, port: int) -> Any:
  """The process of a server."""
  CONTEXT.set_forkserver_preload([__name__])
  process = CONTEXT.Process(target=serve, args=(root, port), daemon=True)
  process.start()
  return process


def serve(root: str, port: int) -> None:
  """Serves until it is killed."""
  import uvicorn

  nothing = types.SimpleNamespace(
    by_regions=False,
    fingerprint='none',
    tags=(),
    method=types.SimpleNamespace(inputs=(), optional_inputs=()),
  )
  app = create_app(root, nothing, token=TOKEN, hosts=(f'127.0.0.1:{port}',))
  uvicorn.run(app, host='127.0.0.1', port=port, log_level='critical', lifespan='off')
