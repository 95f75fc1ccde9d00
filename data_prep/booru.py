"""Download pictures from a board, politely.

    python -m data_prep.booru --site=safebooru --tags='1girl simple_background' --limit=1000 \\
        --output=downloads/safebooru
    python -m data_prep.folder --input=downloads/safebooru --output=prepared/safebooru

One request at a time, a second between them; waits when it is told to; safe ratings unless asked
otherwise; stops and goes on where it stopped. Files are named by post number only. metadata.jsonl
has tags, rating, source and artist of each picture, and journal.jsonl what was passed over and why.

Pictures belong to their artists. Read the board's terms first; what you may do with the pictures is
for you to find out, and `source` and `credit` are kept so that you can.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pathlib
import re
import sys
from collections import Counter
from urllib.parse import urlsplit

from absl import app, flags
from tqdm import tqdm

from data_prep import booru_api, polite
from data_prep.booru_api import Post, Site
from onepunch_jax.images import reader

SUFFIX = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
  'image/gif': '.gif',
  'image/avif': '.avif',
}
PAGE_TYPES = ('application/json', 'text/json', 'application/xml', 'text/xml', 'text/html')


@dataclasses.dataclass(frozen=True)
class Wish:
  """What to download.

  Attributes:
    tags: the query, as typed on the site.
    ratings: of `booru_api.RATINGS`; posts of other or unknown ratings are passed over.
    limit: pictures in the folder at the end.
    min_size: short side by the board's own account.
    max_bytes, max_total: of one picture, of all.
    sample: the board's smaller version of each picture.
  """

  tags: str
  ratings: tuple[str, ...] = ('general',)
  limit: int = 1000
  min_size: int = 256
  max_bytes: int = 20_000_000
  max_total: int = 10_000_000_000
  sample: bool = False


def download(site: Site, wish: Wish, output: str, client: polite.Client) -> Counter:
  """Fills the folder up to `wish.limit` pictures; returns counts of what happened.

  What failed in an earlier run is tried again first; then it goes on from the page it was at.

  Raises:
    polite.ServerSaysStop, polite.FetchError: if the board itself cannot be asked any further;
      what is there is whole, and the same call goes on later.
  """
  store = Store(output, f'{site.url} {wish.tags}')
  counts: Counter = Counter()
  for post in store.pending[: max(0, wish.limit - len(store.done))]:
    counts[_fetch(post, wish, store, client)] += 1
  cursor = store.cursor
  with tqdm(total=wish.limit, initial=len(store.done), unit='picture', disable=None) as bar:
    while len(store.done) < wish.limit:
      url, params = booru_api.query(site, wish.tags, cursor)
      body, _ = client.get(url, params=params, max_bytes=20_000_000, accept=PAGE_TYPES)
      try:
        ids, posts = booru_api.parse(site, body, wish.sample)
      except ValueError as error:
        raise polite.FetchError(f'{site.url} does not answer with posts: {error}') from None
      if not set(ids) - store.seen:  # the end, or a board that repeats itself
        break
      store.seen.update(ids)
      for post in posts:
        if len(store.done) >= wish.limit or post.id in store.done or post.id in store.passed:
          continue
        if store.bytes >= wish.max_total:
          counts['stopped at max_total'] += 1
          return counts
        outcome = _fetch(post, wish, store, client)
        counts[outcome] += 1
        bar.update(outcome == 'downloaded')
      if len(store.done) < wish.limit:  # else the rest of this page is still to come
        cursor = booru_api.next_cursor(site, cursor, ids)
        store.turn_page(cursor)
  return counts


def _fetch(post: Post, wish: Wish, store: Store, client: polite.Client) -> str:
  """Downloads one post; what became of it."""
  if post.rating not in wish.ratings:
    return store.leave(post, 'rating', post.rating or 'unknown')
  if post.width and min(post.width, post.height) < wish.min_size:
    return store.leave(post, 'small', f'{post.width} x {post.height}')
  if not re.fullmatch(r'[0-9a-f]{32}|', post.md5):
    return store.leave(post, 'no checksum', 'its checksum is no MD5')
  try:
    body, kind = client.get(post.url, max_bytes=wish.max_bytes, accept=tuple(SUFFIX))
  except polite.FetchError as error:
    # A server in trouble is asked again another day; a refusal is remembered.
    return store.leave(post, 'refused' if error.final else 'failed', str(error), error.final)
  if post.md5 and hashlib.md5(body, usedforsecurity=False).hexdigest() != post.md5:
    return store.leave(post, 'checksum', 'its MD5 is not the one that the board gives', False)
  try:
    reader.pages(body)
  except reader.PictureError as error:
    return store.leave(post, 'no picture', str(error))
  store.keep(post, body, SUFFIX[kind])
  return 'downloaded'


class Store:
  """The folder: pictures, metadata.jsonl, journal.jsonl. Every step survives a kill."""

  def __init__(self, output: str, query: str):
    self._folder, self._query = pathlib.Path(output), query
    (self._folder / 'pictures').mkdir(parents=True, exist_ok=True)
    facts = [
      f for f in _lines(self._folder / 'metadata.jsonl') if (self._folder / f['file']).is_file()
    ]
    journal = _lines(self._folder / 'journal.jsonl')
    self.done = {f['id'] for f in facts}
    self.bytes = sum((self._folder / f).stat().st_size for f in {f['file'] for f in facts})
    tried = {e['post']['id']: e for e in journal if 'post' in e}
    tried = {i: e for i, e in tried.items() if i not in self.done}
    self.passed = set(tried)
    self.pending = [
      Post(**{**e['post'], 'tags': tuple(e['post']['tags'])})
      for e in tried.values()
      if not e['final']
    ]
    self.seen: set[int] = set()
    self.cursor = next((e['cursor'] for e in reversed(journal) if e.get('query') == query), '')

  def keep(self, post: Post, body: bytes, suffix: str) -> None:
    """The picture first, then the line that says it is there."""
    name = f'pictures/{post.id}{suffix}'  # nothing that a server says gets into a path
    tmp = self._folder / f'{name}.tmp.{os.getpid()}'
    tmp.write_bytes(body)
    os.replace(tmp, self._folder / name)
    self._append(
      'metadata.jsonl',
      {
        'file': name,
        'id': post.id,
        'source': str(post.parent or post.id),
        'url': post.url,
        'origin': post.source,
        'credit': post.artist,
        'rating': post.rating,
        'md5': post.md5,
        'tags': list(post.tags),
      },
    )
    self.done.add(post.id)
    self.bytes += len(body)

  def leave(self, post: Post, rule: str, reason: str, final: bool = True) -> str:
    self._append(
      'journal.jsonl',
      {'post': dataclasses.asdict(post), 'rule': rule, 'reason': reason, 'final': final},
    )
    return rule

  def turn_page(self, cursor: str) -> None:
    self._append('journal.jsonl', {'query': self._query, 'cursor': cursor})

  def _append(self, name: str, value: dict) -> None:
    with (self._folder / name).open('a', encoding='utf-8') as file:
      file.write(json.dumps(value) + '\n')


def _lines(path: pathlib.Path) -> list[dict]:
  """The whole lines of a journal; a last one that a kill cut short is cut off."""
  if not path.exists():
    return []
  data = path.read_bytes()
  whole = data[: data.rfind(b'\n') + 1]
  if whole != data:
    path.write_bytes(whole)
  return [json.loads(line) for line in whole.splitlines()]


def main(argv) -> None:
  f = flags.FLAGS
  site = booru_api.SITES.get(f.site) or Site(f.site, f.api)
  if urlsplit(site.url).scheme not in ('http', 'https'):
    sys.exit(f'error: --site is one of {list(booru_api.SITES)} or an address; got {f.site!r}')
  wish = Wish(f.tags, tuple(f.rating), f.limit, f.min_size, f.max_bytes, f.max_total, f.sample)
  hosts = {urlsplit(site.url).netloc.lower(), *site.hosts, *f.hosts}
  client = polite.Client(frozenset(hosts), max(f.interval, 0.0))
  counts = Counter()
  try:
    counts = download(site, wish, f.output, client)
  except (polite.FetchError, polite.ServerSaysStop) as error:
    sys.exit(f'stopped: {error}')
  except KeyboardInterrupt:
    sys.exit('stopped; the same command goes on from here')
  finally:
    client.close()
  print(
    f'{f.output}: '
    + (', '.join(f'{n} {what}' for what, n in counts.items()) or 'nothing new')
    + f' ({client.requests} requests)'
  )


if __name__ == '__main__':
  flags.DEFINE_string('site', 'safebooru', f'{", ".join(booru_api.SITES)}, or an address')
  flags.DEFINE_enum('api', 'danbooru', ['danbooru', 'gelbooru'], 'of an address given as --site')
  flags.DEFINE_string('tags', None, 'the query, as typed on the site', required=True)
  flags.DEFINE_multi_enum('rating', ['general'], booru_api.RATINGS, 'may be given several times')
  flags.DEFINE_integer('limit', 1000, 'pictures', lower_bound=1)
  flags.DEFINE_string('output', None, 'folder for the pictures', required=True)
  flags.DEFINE_float('interval', 1.0, 'seconds between requests')
  flags.DEFINE_integer('min_size', 256, 'short side in pixels')
  flags.DEFINE_integer('max_bytes', 20_000_000, 'of one picture')
  flags.DEFINE_integer('max_total', 10_000_000_000, 'of all pictures')
  flags.DEFINE_bool('sample', False, "the board's smaller version of each picture")
  flags.DEFINE_list('hosts', [], 'further hosts that pictures may come from, also by redirect')
  app.run(main)
