"""What an artist does with the studio in a browser: clicks, strokes, pens, fingers, files, keys."""

import base64
import contextlib
import io
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PIL import Image

WAIT = 60.0  # s: for what takes milliseconds on a machine that does nothing else

# nothing waits to be sent, to be coloured or to fade in
SETTLED = """async () => {
  const [{ waiting }, { state }, answers, scene] = await Promise.all(
    ['history', 'store', 'answers', 'scene'].map((m) => import(`/static/${m}.js`)));
  if (waiting() || state.busy) return false;
  await answers.quiet();
  return !waiting() && !state.busy && scene.isStill();
}"""


class Studio:
  """One window of the studio.

  Args:
    page: playwright's page, with the studio in it.
    wait: seconds after which what should have happened has not.
  """

  def __init__(self, page: Any, wait: float = WAIT):
    self.page, self._wait = page, wait
    self.cdp = page.context.new_cdp_session(page)
    self.errors: list[str] = []  # that the window wrote to its console
    self.requests: list[str] = []  # addresses
    self._forgiven: list[str] = []

  @property
  def origin(self) -> str:
    return self.page.evaluate('() => location.origin')

  def forgive(self, part: str) -> None:
    """Errors that contain this are what the test is about."""
    self._forgiven.append(part)

  def forgiven(self, error: str) -> bool:
    return any(part in error for part in self._forgiven)

  # --- what the window knows -------------------------------------------------------------------

  def state(self, name: str) -> Any:
    """A field of the browser's state (static/store.js), as JSON."""
    return self.page.evaluate(
      "async (name) => (await import('/static/store.js')).state[name] ?? null", name
    )

  @property
  def hints(self) -> list[dict[str, Any]]:
    return (self.state('page') or {'hints': []})['hints']

  def server(self, path: str) -> Any:
    """What the server answers to a GET, as JSON."""
    return self.page.evaluate('async (path) => (await fetch(path)).json()', path)

  def server_page(self) -> dict[str, Any]:
    """The open page as the server has it."""
    return self.server(f'/api/pages/{self.state("page")["id"]}')

  @property
  def message(self) -> str:
    return self.page.inner_text('#message')

  @property
  def alert(self) -> str:
    return self.page.inner_text('#alert') if self.page.is_visible('#alert') else ''

  def until(self, what: Callable[[], Any], say: str = '') -> Any:
    """Waits until something is true and returns it."""
    end = time.monotonic() + self._wait
    while True:
      found = what()
      if found:
        return found
      if time.monotonic() > end:
        raise AssertionError(say or f'never true; status {self.message!r}, alert {self.alert!r}')
      self.page.wait_for_timeout(30)

  def settle(self) -> None:
    """Waits until every change is sent, coloured and painted."""
    self.until(lambda: self.page.evaluate(SETTLED))

  # --- files -----------------------------------------------------------------------------------

  def open(self, *files: tuple[str, bytes]) -> None:
    """Opens files by the dialog's own field."""
    payload = [
      {'name': name, 'mimeType': 'application/octet-stream', 'buffer': data} for name, data in files
    ]
    self.page.set_input_files('#file', payload)
    self.until(lambda: self.state('page') and self.state('answer'), 'the page was never coloured')
    self.settle()

  def drop(self, selector: str, *files: tuple[str, bytes]) -> None:
    """Drops files on an element."""
    payload = [{'name': name, 'data': base64.b64encode(data).decode()} for name, data in files]
    self.page.evaluate(
      """([selector, files]) => {
        const transfer = new DataTransfer();
        for (const { name, data } of files) {
          const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
          transfer.items.add(new File([bytes], name));
        }
        const target = document.querySelector(selector);
        for (const type of ['dragover', 'drop']) {
          const init = { dataTransfer: transfer, bubbles: true, cancelable: true };
          target.dispatchEvent(new DragEvent(type, init));
        }
      }""",
      [selector, payload],
    )

  # --- places ----------------------------------------------------------------------------------

  def screen(self, x: float, y: float) -> tuple[float, float]:
    """A place of the page (px) in the window (css px)."""
    return tuple(
      self.page.evaluate(
        """async ([x, y]) => {
          const { toScreen, view } = await import('/static/view.js');
          const box = document.getElementById('stage').getBoundingClientRect();
          const [sx, sy] = toScreen(x, y);
          return [box.left + sx / view.ratio, box.top + sy / view.ratio];
        }""",
        [x, y],
      )
    )

  def view(self) -> dict[str, float]:
    return self.page.evaluate("async () => ({ ...(await import('/static/view.js')).view })")

  def pixels(self, canvas: str = 'scene') -> np.ndarray:
    """What is painted, uint8 [H, W, 4] in device px."""
    data = self.page.evaluate(
      '(id) => document.getElementById(id).toDataURL("image/png").split(",")[1]', canvas
    )
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
      return np.asarray(image.convert('RGBA'))

  def pixel(self, x: float, y: float, canvas: str = 'scene') -> tuple[int, int, int]:
    """The colour that is painted at a place of the page."""
    view = self.view()
    column, row = round(x * view['zoom'] + view['x']), round(y * view['zoom'] + view['y'])
    return tuple(int(v) for v in self.pixels(canvas)[row, column, :3])

  # --- hands -----------------------------------------------------------------------------------

  def click(self, x: float, y: float, **options: Any) -> None:
    self.page.mouse.click(*self.screen(x, y), **options)

  def drag(self, *places: tuple[float, float], button: str = 'left') -> None:
    """Presses at the first place, goes over the others, lets go at the last."""
    points = [self.screen(*p) for p in places]
    self.page.mouse.move(*points[0])
    self.page.mouse.down(button=button)
    for point in points[1:]:
      self.page.mouse.move(*point, steps=6)
    self.page.mouse.up(button=button)

  @contextlib.contextmanager
  def held(self, key: str) -> Iterator[None]:
    """A key that is down meanwhile."""
    self.page.keyboard.down(key)
    yield
    self.page.keyboard.up(key)

  def press(self, *keys: str) -> None:
    for key in keys:
      self.page.keyboard.press(key)

  def pen(self, *places: tuple[float, float, float], eraser: bool = False) -> None:
    """A pen over places (x, y, pressure 0..1); the eraser is its other end."""
    points = [(*self.screen(x, y), force) for x, y, force in places]
    self._pointer('pen', 7, points, 32 if eraser else 1, 5 if eraser else 0)

  def finger(self, *places: tuple[float, float], width: float = 20, up: bool = True) -> None:
    """A finger, or a palm where it is wide, over places."""
    points = [(*self.screen(x, y), 0.5) for x, y in places]
    self._pointer('touch', 11, points, 1, 0, width, up)

  def _pointer(
    self,
    kind: str,
    number: int,
    points: list[tuple[float, float, float]],
    buttons: int,
    button: int,
    width: float = 1,
    up: bool = True,
  ) -> None:
    events = [('pointerdown', points[0])]
    events += [('pointermove', p) for p in points[1:]]
    if up:
      events.append(('pointerup', points[-1]))
    self.page.evaluate(
      """async ([kind, number, events, buttons, button, width]) => {
        const stage = document.getElementById('stage');
        for (const [type, [clientX, clientY, pressure]] of events) {
          const isUp = type === 'pointerup';
          stage.dispatchEvent(new PointerEvent(type, {
            bubbles: true, cancelable: true, isPrimary: true, pointerType: kind, pointerId: number,
            clientX, clientY, width, height: width, pressure: isUp ? 0 : pressure,
            buttons: isUp ? 0 : buttons, button: type === 'pointermove' ? -1 : button }));
          await new Promise(requestAnimationFrame);
        }
      }""",
      [kind, number, events, buttons, button, width],
    )

  def touches(self, *frames: list[tuple[float, float]]) -> None:
    """Real touch events: a list of places (css px of the window) for each moment."""
    for n, frame in enumerate(frames):
      points = [{'x': x, 'y': y, 'id': k} for k, (x, y) in enumerate(frame)]
      kind = 'touchStart' if n == 0 else 'touchMove'
      self.cdp.send('Input.dispatchTouchEvent', {'type': kind, 'touchPoints': points})
      self.page.wait_for_timeout(30)
    self.cdp.send('Input.dispatchTouchEvent', {'type': 'touchEnd', 'touchPoints': []})

  def fold(self, panel: str, folded: bool = True) -> None:
    """Folds a panel, or opens it."""
    script = '([id, open]) => { document.getElementById(id).open = open; }'
    self.page.evaluate(script, [f'panel-{panel}', not folded])

  def color(self, code: str) -> None:
    """Types a colour into the colour panel."""
    field = self.page.get_by_label('Colour code')
    field.fill(code)
    field.press('Enter')
