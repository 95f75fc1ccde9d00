"""The studio's server with a fast colorizer, and the system's Chromium to look at it.

Skipped where there is no Chromium or no playwright; one error where Chromium is broken.
"""

import importlib.util
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from PIL import Image

from tests.studio.browser.fast_colorizer import FastColorizer
from tests.studio.browser.hands import Studio
from tests.studio.browser.serve import Server

NAMES = ('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome')
ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
AXE = '4.10.3'  # of axe-core, from the npm registry


def find_chromium() -> str | None:
  """The path of the system's Chromium, or None."""
  return next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope='session')
def chromium(tmp_path_factory: pytest.TempPathFactory) -> str:
  """The path of a Chromium that works."""
  found = find_chromium()
  if found is None:
    pytest.skip(f'no browser here (looked for {", ".join(NAMES)})')
  if importlib.util.find_spec('playwright') is None:
    pytest.skip("no playwright here (pip install 'onepunch_jax[browser]')")
  home = tmp_path_factory.mktemp('probe')
  command = [found, '--headless', *ARGUMENTS, f'--user-data-dir={home}']
  try:
    done = subprocess.run(
      [*command, '--dump-dom', 'about:blank'], capture_output=True, text=True, timeout=60
    )
  except subprocess.TimeoutExpired:
    pytest.fail(f'{found} is broken: it did not show an empty page within a minute.', False)
  if '<html' not in done.stdout:
    pytest.fail(f'{found} is broken: {done.stderr.strip()[-300:]}', False)
  return found


@pytest.fixture(scope='session')
def browser(chromium: str) -> Iterator[Any]:
  """One Chromium for all tests of a process."""
  from playwright.sync_api import sync_playwright

  with sync_playwright() as playwright:
    running = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
    yield running
    running.close()


def written(message: Any) -> str:
  """What a page wrote to its console, and of which address."""
  return f'{message.text} [{message.location.get("url", "")}]'


@pytest.fixture
def windows(browser: Any, server: Server) -> Iterator[Callable[..., Studio]]:
  """windows(pages=[...], **options of playwright's context): a window with a session of its own.

  At the end no window may have written an error to its console or asked another machine.
  """
  opened = []

  def window(pages: Sequence[Image.Image] = (), **options: Any) -> Studio:
    context = browser.new_context(**{'viewport': {'width': 1280, 'height': 860}, **options})
    page = context.new_page()
    studio = Studio(page)
    opened.append((context, studio))
    page.on('console', lambda m: studio.errors.append(written(m)) if m.type == 'error' else None)
    page.on('pageerror', lambda error: studio.errors.append(str(error)))
    page.on('request', lambda request: studio.requests.append(request.url))
    page.goto(server.address(pages))
    page.wait_for_function('() => document.getElementById("checkpoint").textContent')
    if pages:
      studio.until(lambda: studio.state('answer'), 'the page was never coloured')
      studio.settle()
    return studio

  yield window
  for context, studio in opened:
    own = (studio.origin, 'blob:', 'data:')
    context.close()
    away = [u for u in studio.requests if not u.startswith(own)]
    assert away == [], 'requests off the machine'
    assert [e for e in studio.errors if not studio.forgiven(e)] == [], 'errors on the console'


@pytest.fixture
def studio(windows: Callable[..., Studio]) -> Studio:
  """A window of the studio, nothing open."""
  return windows()


@pytest.fixture(scope='session')
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
  """The source of axe-core, which checks a page for accessibility."""
  npm = shutil.which('npm')
  if npm is None:
    pytest.skip('no npm here, which brings axe-core')
  folder = tmp_path_factory.mktemp('axe')
  try:
    subprocess.run(
      [
        npm,
        'install',
        '--silent',
        '--no-audit',
        '--ignore-scripts',
        f'axe-core@{AXE}',
      ],
      cwd=folder,
      check=True,
      capture_output=True,
      timeout=60,
    )
  except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
    pytest.skip('the npm registry, which has axe-core, cannot be reached')
  return (folder / 'node_modules' / 'axe-core' / 'axe.min.js').read_text()


@pytest.fixture(scope='session')
def colorizer() -> FastColorizer:
  """What all windows' pages are coloured by."""
  return FastColorizer()


@pytest.fixture(scope='session')
def server(
  chromium: str, colorizer: FastColorizer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
  """A running studio, for all tests of a process."""
  pytest.importorskip('uvicorn', reason="the studio needs 'onepunch_jax[studio]'")
  running = Server(str(tmp_path_factory.mktemp('sessions')), colorizer, 'fast')
  yield running
  running.close()


@pytest.fixture
def slow(colorizer: FastColorizer) -> Iterator[Callable[[float], None]]:
  """slow(seconds): every answer takes so much longer, until the test's end."""

  def set_delay(seconds: float) -> None:
    colorizer.delay = seconds

  yield set_delay
  colorizer.delay = 0.0
