"""Who may talk to the studio: this machine's browser, with its token, from its own pages.

Rules, each with a test of its number in tests/studio/test_safety.py:

   1 loopback unless --host asks for more (`__main__`)    9 limits of body, pages, pixels, depth
   2 the Host header is one of its own, else 421         10 files are decoded in a process (decode)
   3 a token, then a cookie                              11 no error names a place of the machine
   4 changes come from its own origin, with a header     12 archives cannot write anywhere
   5 no CORS headers                                     13 Range headers are ignored
   6 a content security policy                           14 folders are private, and removable
   7 no text of a client is part of a path (store)       15 clients do not see each other
   8 files are encoded anew before they are served
"""

import hmac
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

COOKIE = 'onepunch_studio'  # and the port: cookies know none, and there may be two studios
HEADER = 'x-studio'  # any value; a form of another site cannot send it
MAX_BODY = 2 << 30  # bytes of a file that is opened
MAX_JSON = 4 << 20
MAX_DEPTH = 12
HEADERS = {
  'content-security-policy': (
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'"
  ),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

RANGES = (b'range', b'if-range')  # headers that are left out
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"')
_BRACKET = re.compile(rb'[\[\]{}]')

Scope = MutableMapping[str, Any]
App = Callable[..., Awaitable[None]]


class Guard:
  """Lets through what may pass; everything else has a status and one sentence.

  Args:
    app: what is guarded.
    hosts: the values of Host that are its own, as '127.0.0.1:8000'.
    token: of the opened URL.
    enter: the session id that a URL asks for, or '' -> 'id.secret' for the cookie; makes one.
    session: 'id.secret' of a cookie -> the session, or None where it is none.
  """

  def __init__(
    self,
    app: App,
    *,
    hosts: tuple[str, ...],
    token: str,
    enter: Callable[[str], str],
    session: Callable[[str], Any],
  ):
    self._app, self._hosts, self._token = app, hosts, token
    self._enter, self._session = enter, session
    self._cookie = f'{COOKIE}_{hosts[0].rpartition(":")[2]}'

  async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
    if scope['type'] != 'http':
      if scope['type'] == 'lifespan':
        await self._app(scope, receive, send)
      return
    headers = [pair for pair in scope['headers'] if pair[0].lower() not in RANGES]
    scope = {**scope, 'headers': headers}
    request = Request(scope)
    answer = self._refusal(request)
    if answer is None:
      scope['session'] = self._session(request.cookies.get(self._cookie, ''))
      if scope['session'] is None and request.url.path != '/health':
        answer = error(403, 'This window has no key: open the address that the terminal shows.')
    await (answer or self._app)(scope, receive, self._with_headers(send))

  def _refusal(self, request: Request) -> Response | None:
    """The answer to a request that may not pass, or that brings the token; else None."""
    if request.headers.get('host', '') not in self._hosts:
      return error(421, 'This is not the address of the studio.')
    if len(request.headers.getlist('host')) != 1:
      return error(421, 'This is not the address of the studio.')
    site = request.headers.get('sec-fetch-site', 'same-origin')
    top = request.method == 'GET' and request.url.path == '/'
    if site not in ('same-origin', 'none') and not top:
      return error(403, 'Another site asked for this.')
    if request.method not in ('GET', 'HEAD'):
      origin = request.headers.get('origin')
      if origin not in [f'{request.url.scheme}://{host}' for host in self._hosts]:
        return error(403, 'Changes come from the studio itself.')
      if HEADER not in request.headers:
        return error(403, 'Changes come from the studio itself.')
      length = request.headers.get('content-length', '0')
      if not (length.isascii() and length.isdigit()) or len(length) > 20:
        return error(400, 'The length of the request is no number.')
      if int(length) > MAX_BODY:
        return error(413, f'The file is larger than {MAX_BODY >> 30} GB.')
    if top and request.url.query:
      return self._enter_by_token(request)
    return None

  def _enter_by_token(self, request: Request) -> Response:
    query = parse_qs(request.url.query)
    token = query.get('token', [''])[0]
    if not hmac.compare_digest(token.encode(), self._token.encode()):
      return error(403, 'The key in this address is not the one that the terminal shows.')
    answer = RedirectResponse('/', 303)
    known = request.cookies.get(self._cookie, '')
    wanted = query.get('session', [''])[0]
    if wanted or self._session(known) is None:
      try:
        known = self._enter(wanted)
      except ValueError as wrong:
        return error(503, str(wrong))
    answer.set_cookie(
      self._cookie, known, httponly=True, samesite='strict', path='/', max_age=10**8
    )
    return answer

  def _with_headers(self, send: Any) -> Any:
    async def sent(message: MutableMapping[str, Any]) -> None:
      if message['type'] == 'http.response.start':
        extra = [(k.encode(), v.encode()) for k, v in HEADERS.items()]
        message = {**message, 'headers': [*message['headers'], *extra]}
      await send(message)

    return sent


def error(status: int, sentence: str) -> JSONResponse:
  """An error as the browser shows it."""
  return JSONResponse({'error': sentence}, status)


class TooMuch(ValueError):
  """A body beyond the limits, with a sentence."""


async def read_json(request: Request) -> Any:
  """The JSON of a request.

  Raises:
    TooMuch: it is larger, or nested deeper, than anything that the studio sends.
    ValueError: it is none.
  """
  body = bytearray()
  async for chunk in request.stream():
    body += chunk
    if len(body) > MAX_JSON:
      raise TooMuch(f'A change is at most {MAX_JSON >> 20} MB.')
  depth = 0
  for bracket in _BRACKET.findall(_TEXT.sub(b'', body)):
    depth += 1 if bracket in b'[{' else -1
    if depth > MAX_DEPTH:
      raise TooMuch('A change is not nested that deeply.')
  try:
    return json.loads(body)
  except ValueError:
    raise ValueError('What was sent is no JSON.') from None
