"""Colour pages in a browser, click by click, on this machine.

    onepunch studio
    onepunch studio page.png
    onepunch studio --checkpoint=runs/region book.cbz

A server on loopback and a window of the browser; nothing leaves the machine. What is done is kept
in --folder, written at every change: the same command goes on with it. With --host=0.0.0.0 a tablet
in the same network may join by the address that is printed, which holds a key.
"""

import gc
import os
import secrets
import socket
import sys
import webbrowser
from collections.abc import Callable
from typing import Any

from absl import app, flags

from onepunch_jax.log import log, show_log

DEFAULT_FOLDER = os.path.join('~', '.local', 'share', 'onepunch_jax', 'studio')
LOOPBACK = ('127.0.0.1', 'localhost', '::1')


def define_flags() -> None:
  """The flags of this command."""
  flags.DEFINE_string('checkpoint', '', 'A run, a file of weights, or a name; none: the shipped.')
  flags.DEFINE_string('host', '127.0.0.1', 'The address to listen at; 0.0.0.0 is the network.')
  flags.DEFINE_integer('port', 8765, 'The port; 0: any that is free.', lower_bound=0)
  flags.DEFINE_bool('open', True, 'Opens the browser.')
  flags.DEFINE_string('folder', '', f'Where sessions are kept; none: {DEFAULT_FOLDER}')


def token_of(folder: str) -> str:
  """The key of a folder of sessions, made once: a tab that is open goes on after a restart."""
  path = os.path.join(folder, 'token')
  try:
    with open(path, encoding='utf-8') as file:
      if found := file.read().strip():
        return found
  except FileNotFoundError:
    pass
  made = secrets.token_urlsafe(32)
  handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
  with os.fdopen(handle, 'w', encoding='utf-8') as file:
    file.write(made)
  return made


def own_hosts(host: str, port: int) -> tuple[str, ...]:
  """The Host headers that mean this server."""
  names = ['127.0.0.1', 'localhost', '[::1]']
  if host not in LOOPBACK:
    names.append(address(host))
  return tuple(f'{name}:{port}' for name in names)


def address(host: str) -> str:
  """The address by which another machine finds this one."""
  if host not in ('0.0.0.0', '::'):
    return host
  with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    try:
      probe.connect(('192.0.2.1', 9))  # sends nothing; asks the system which way it would go
      return probe.getsockname()[0]
    except OSError:
      return '127.0.0.1'


def bound(host: str, port: int) -> socket.socket:
  """A socket at the address; OSError where another program has it."""
  family = socket.AF_INET6 if ':' in host else socket.AF_INET
  found = socket.socket(family, socket.SOCK_STREAM)
  found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
  found.bind((host, port))
  return found


def freeze_garbage() -> None:
  """Takes what is loaded by now out of Python's search for garbage, which stops all threads.

  Frameworks are a million objects that stay for good; to look through them takes a click's time.
  """
  gc.collect()
  gc.freeze()


def show_address(url: str, host: str) -> None:
  """Prints the address, for another machine as a QR code too."""
  print(f'\nThe studio is open at\n\n  {url}\n\nCtrl+C ends it; what you did is kept.', flush=True)
  if host not in LOOPBACK:
    import segno

    print(
      'Anyone in this network who has this address, key included, can colour here:\n', flush=True
    )
    segno.make(url, error='l').terminal(compact=True)


def _opened(open_path: Callable, session: Any, path: str, add: bool) -> bool:
  """Opens a file or folder of this machine; whether that went well, else the reason is logged."""
  if not os.path.exists(path):
    log.error('%s: there is no such file or folder.', path)
    return False
  try:
    errors = open_path(session, os.path.abspath(path), os.path.basename(path.rstrip('/')), add)
  except ValueError as error:
    errors = [str(error)]
  for sentence in errors:
    log.error('%s', sentence)
  return bool(session.document['pages'])


def main(words: list[str]) -> None:
  """Starts the server."""
  show_log()
  options = flags.FLAGS
  try:
    import uvicorn

    from onepunch_jax.studio.server import create_app
  except ImportError as error:
    sys.exit(f"The studio needs {error.name}: pip install 'onepunch_jax[studio]'.")
  from onepunch_jax.pages.colorizer import Colorizer
  from onepunch_jax.studio import answering
  from onepunch_jax.studio.opening import open_path
  from onepunch_jax.studio.samples import samples
  from onepunch_jax.weights import shipped

  folder = os.path.expanduser(options.folder or DEFAULT_FOLDER)
  try:
    os.makedirs(folder, mode=0o700, exist_ok=True)
    server_socket = bound(options.host, options.port)
  except OSError as error:
    sys.exit(f'{options.host}:{options.port} or {folder} cannot be used ({error.strerror}).')
  port = server_socket.getsockname()[1]
  token = token_of(folder)
  try:
    colorizer = Colorizer.load(options.checkpoint or shipped.DEFAULT)
  except ValueError as error:
    sys.exit(str(error))
  server = create_app(
    folder,
    colorizer,
    token=token,
    hosts=own_hosts(options.host, port),
    checkpoint=os.path.basename(options.checkpoint.rstrip('/')) or shipped.DEFAULT,
    samples=samples(),
  )
  studio, wanted = server.studio, ''
  freeze_garbage()
  if paths := words[1:]:
    session = studio.sessions.new()
    opened = [_opened(open_path, session, path, n > 0) for n, path in enumerate(paths)]
    if not any(opened):
      studio.sessions.forget(session)
      sys.exit(1)
    answering.begin(studio, session, session.document['current'])
    wanted = f'&session={session.id}'
  name = address(options.host) if options.host not in LOOPBACK else '127.0.0.1'
  url = f'http://{name}:{port}/?token={token}{wanted}'
  show_address(url, options.host)
  if options.open:
    webbrowser.open(url)
  config = uvicorn.Config(server, log_level='warning', lifespan='off', timeout_graceful_shutdown=2)
  try:
    uvicorn.Server(config).run(sockets=[server_socket])
  finally:
    studio.close()


if __name__ == '__main__':
  define_flags()
  app.run(main)
