"""Danbooru's JSON API and the Gelbooru-style one: where posts are asked for, what a post says.

Nothing in an answer is trusted: a post is taken apart field by field, and one that lacks what is
needed is passed over.
"""

from __future__ import annotations

import dataclasses
import json
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

PAGE = 100  # posts asked for at a time: what both kinds allow everyone
RATINGS = ('general', 'sensitive', 'questionable', 'explicit')
_DANBOORU = dict(zip('gsqe', RATINGS))
_GELBOORU = {
  'safe': 'general',
  's': 'general',
  'q': 'questionable',
  'e': 'explicit',
  'g': 'general',
  **{r: r for r in RATINGS},
}


@dataclasses.dataclass(frozen=True)
class Site:
  """A board: its address, its kind of API, and the hosts that its pictures are on."""

  url: str
  api: str
  hosts: tuple[str, ...] = ()


SITES = {
  'danbooru': Site('https://danbooru.donmai.us', 'danbooru', ('cdn.donmai.us',)),
  'safebooru': Site('https://safebooru.org', 'gelbooru'),
}


@dataclasses.dataclass(frozen=True)
class Post:
  """A picture as its board describes it."""

  id: int
  url: str
  rating: str  # one of RATINGS, or '' if unknown
  tags: tuple[str, ...]
  md5: str = ''  # of the file at `url`; '' where that is not known
  width: int = 0
  height: int = 0
  parent: int = 0
  source: str = ''  # where the picture comes from, by its uploader
  artist: str = ''


def query(site: Site, tags: str, cursor: str) -> tuple[str, dict]:
  """(URL, parameters) of a page of posts, newest first.

  Args:
    cursor: '' is the first page; then Danbooru's is the lowest id so far, Gelbooru's the page.
  """
  if site.api == 'danbooru':
    params = {'tags': tags, 'limit': PAGE} | ({'page': f'b{cursor}'} if cursor else {})
    return urljoin(site.url, '/posts.json'), params
  return urljoin(site.url, '/index.php'), {
    'page': 'dapi',
    's': 'post',
    'q': 'index',
    'json': '1',
    'tags': tags,
    'limit': PAGE,
    'pid': cursor or '0',
  }


def next_cursor(site: Site, cursor: str, ids: list[int]) -> str:
  """The cursor after a page that held these ids."""
  return str(min(ids)) if site.api == 'danbooru' else str(int(cursor or 0) + 1)


def parse(site: Site, body: bytes, sample: bool = False) -> tuple[list[int], list[Post]]:
  """(all ids on the page, the posts on it that have a picture).

  Args:
    sample: take the smaller version of each picture, whose checksum is not known.

  Raises:
    ValueError: if this is no page of posts.
  """
  ids, posts = [], []
  for entry in _entries(body):
    number = _int(entry.get('id'))
    if number <= 0:
      continue
    ids.append(number)
    post = (_danbooru if site.api == 'danbooru' else _gelbooru)(site, number, entry, sample)
    if post.url:
      posts.append(post)
  return ids, posts


def _entries(body: bytes) -> list[dict]:
  text = body.decode('utf-8', 'replace').strip()
  if not text:
    return []  # Gelbooru-style boards say "no posts" so
  if text.startswith('<'):
    if '<!ENTITY' in text or '<!DOCTYPE' in text.upper():
      raise ValueError('not a page of posts, but a document')
    try:
      return [
        p.attrib | {c.tag: c.text or '' for c in p}
        for p in ElementTree.fromstring(text).iter('post')
      ]
    except ElementTree.ParseError as error:
      raise ValueError(f'XML that cannot be read ({error})') from None
  try:
    value = json.loads(text)
  except (ValueError, RecursionError) as error:
    raise ValueError(f'JSON that cannot be read ({error})') from None
  if isinstance(value, dict):
    if value.get('success') is False:
      raise ValueError(str(value.get('message'))[:200])
    value = value.get('post', value.get('posts', []))
  if not isinstance(value, list):
    raise ValueError('JSON that is no list of posts')
  return [e for e in value if isinstance(e, dict)]


def _danbooru(site: Site, number: int, entry: dict, sample: bool) -> Post:
  original, large = _text(entry.get('file_url')), _text(entry.get('large_file_url'))
  return Post(
    number,
    _absolute(site, large if sample and large else original),
    _DANBOORU.get(_text(entry.get('rating')), ''),
    tuple(_text(entry.get('tag_string')).split()),
    '' if sample and large != original else _text(entry.get('md5')).lower(),
    _int(entry.get('image_width')),
    _int(entry.get('image_height')),
    _int(entry.get('parent_id')),
    _text(entry.get('source')),
    _text(entry.get('tag_string_artist')),
  )


def _gelbooru(site: Site, number: int, entry: dict, sample: bool) -> Post:
  original, small = _text(entry.get('file_url')), _text(entry.get('sample_url'))
  directory, image = entry.get('directory'), _text(entry.get('image'))
  if not original and image and directory is not None:  # older boards leave the address to you
    original = f'/images/{directory}/{image}'
  smaller = sample and small and small != original
  return Post(
    number,
    _absolute(site, small if smaller else original),
    _GELBOORU.get(_text(entry.get('rating')).lower(), ''),
    tuple(_text(entry.get('tags')).split()),
    '' if smaller else _text(entry.get('md5') or entry.get('hash')).lower(),
    _int(entry.get('width')),
    _int(entry.get('height')),
    _int(entry.get('parent_id')),
    _text(entry.get('source')),
  )


def _absolute(site: Site, url: str) -> str:
  try:
    full = urljoin(site.url, url) if url else ''
    urlsplit(full)
  except ValueError:
    return ''
  return full


def _text(value) -> str:
  return value if isinstance(value, str) else ''


def _int(value) -> int:
  try:
    return int(value)
  except (TypeError, ValueError, OverflowError):
    return 0
