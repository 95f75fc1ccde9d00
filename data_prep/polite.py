"""An HTTP client that is a good guest: slow, patient, and suspicious of what it is sent."""

from __future__ import annotations

import dataclasses
import email.utils
import time
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import httpx

AGENT = 'onepunch_jax-data_prep/1 (research; one request at a time)'


class FetchError(Exception):
  """One thing could not be fetched; others may be. `final`: asking again will not help."""

  def __init__(self, reason: str, final: bool = False):
    super().__init__(reason)
    self.final = final


class ServerSaysStop(Exception):
  """The server asks for more patience than we were given: end the run, go on another day."""


@dataclasses.dataclass
class Client:
  """Fetches over HTTP, one request at a time.

  Attributes:
    hosts: where it may go, also by redirect ('cdn.donmai.us', with :port if not the usual one).
    interval: seconds from the end of one request to the next.
    attempts: per request; between them it waits 2, 4, 8 ... seconds, or what Retry-After says.
    max_wait: seconds; a longer Retry-After ends the run.
    deadline: seconds for one whole transfer.
    sleep, clock: for tests.
  """

  hosts: frozenset[str]
  interval: float = 1.0
  attempts: int = 5
  max_wait: float = 300.0
  deadline: float = 120.0
  agent: str = AGENT
  sleep: Callable[[float], None] = time.sleep
  clock: Callable[[], float] = time.monotonic

  def __post_init__(self):
    self._http = httpx.Client(
      timeout=20,
      follow_redirects=False,
      headers={'User-Agent': self.agent, 'Accept-Encoding': 'identity'},
    )
    self._last = None
    self.requests = 0

  def close(self) -> None:
    self._http.close()

  def get(
    self, url: str, *, params: dict | None = None, max_bytes: int, accept: tuple[str, ...]
  ) -> tuple[bytes, str]:
    """The body of a URL and its content type.

    Args:
      max_bytes: a longer body is given up, from its header or while it arrives.
      accept: content types; others are refused.

    Raises:
      FetchError: in a few words, after the attempts are used up, or at once if that is final.
      ServerSaysStop: if Retry-After is longer than `max_wait`.
    """
    for attempt in range(self.attempts):
      try:
        return self._follow(url, params, max_bytes, accept)
      except _Again as again:
        wait = again.after if again.after is not None else 2.0 ** (attempt + 1)
        if wait > self.max_wait:
          raise ServerSaysStop(
            f'{urlsplit(url).netloc} asks to wait {wait:.0f} s ({again}); run this again later'
          ) from None
        if attempt + 1 == self.attempts:
          raise FetchError(f'{again} ({self.attempts} attempts)') from None
        self.sleep(wait)
    raise AssertionError

  def _follow(self, url: str, params, max_bytes: int, accept) -> tuple[bytes, str]:
    for _ in range(5):
      self._check(url)
      answer = self._once(url, params, max_bytes, accept)
      if isinstance(answer, tuple):
        return answer
      if urlsplit(url).scheme == 'https' and urlsplit(answer).scheme != 'https':
        raise FetchError(f'redirected from https to {answer}', final=True)
      url, params = answer, None
    raise FetchError('more than 5 redirects', final=True)

  def _check(self, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ('http', 'https') or parts.netloc.lower() not in self.hosts:
      raise FetchError(
        f'{url[:200]} is not on {", ".join(sorted(self.hosts))} (--hosts allows more)', final=True
      )

  def _once(self, url: str, params, max_bytes: int, accept) -> tuple[bytes, str] | str:
    """One request: (body, content type), or the URL of a redirect."""
    if self._last is not None:
      self.sleep(max(0.0, self._last + self.interval - self.clock()))
    start = self.clock()
    self.requests += 1
    try:
      with self._http.stream('GET', url, params=params) as answer:
        if answer.is_redirect:
          return urljoin(url, answer.headers.get('location', ''))
        if answer.status_code == 429 or answer.status_code >= 500:
          raise _Again(f'status {answer.status_code}', _retry_after(answer.headers))
        if answer.status_code != 200:
          raise FetchError(f'status {answer.status_code}', final=True)
        kind = answer.headers.get('content-type', '').split(';')[0].strip().lower()
        if kind not in accept:
          raise FetchError(f'content type {kind or "missing"!r}', final=True)
        length = answer.headers.get('content-length', '')
        if length.isdecimal() and int(length) > max_bytes:
          raise FetchError(f'{int(length):,} bytes are more than {max_bytes:,}', final=True)
        body = bytearray()
        for chunk in answer.iter_bytes():
          body += chunk
          if len(body) > max_bytes:
            raise FetchError(f'more than {max_bytes:,} bytes', final=True)
          if self.clock() - start > self.deadline:
            raise FetchError(f'slower than {self.deadline:g} s', final=True)
        return bytes(body), kind
    except httpx.InvalidURL as error:
      raise FetchError(f'{url[:200]} is no URL ({error})', final=True) from None
    except (httpx.HTTPError, httpx.StreamError) as error:
      raise _Again(f'{type(error).__name__}: {error}', None) from None
    finally:
      self._last = self.clock()


class _Again(Exception):
  """Worth another attempt, after so many seconds if the server said so."""

  def __init__(self, reason: str, after: float | None):
    super().__init__(reason)
    self.after = after


def _retry_after(headers) -> float | None:
  """Retry-After in seconds: a number or a date; None if missing or unreadable."""
  value = headers.get('retry-after', '').strip()
  if value.isdecimal():
    return float(value)
  try:
    return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
  except (TypeError, ValueError):
    return None
