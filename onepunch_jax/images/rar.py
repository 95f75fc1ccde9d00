"""Read CBR and RAR books with whichever program is installed; there is no free RAR library."""

import os
import shutil
import subprocess
import threading

from onepunch_jax.images.reader import PictureError

# program: (arguments that list names, arguments that write one member to stdout)
TOOLS = {
  'bsdtar': (('-tf',), ('-xOf',)),
  'unrar': (('lb', '-p-', '--'), ('p', '-inul', '-p-', '--')),
  '7zz': (('l', '-ba', '-slt', '-p-', '--'), ('e', '-so', '-p-', '--')),
  '7z': (('l', '-ba', '-slt', '-p-', '--'), ('e', '-so', '-p-', '--')),
}
TIMEOUT = 120  # seconds for one member


def names(path: str | os.PathLike) -> list[str]:
  """All member names of a RAR file; PictureError without a tool or for a damaged file."""
  tool = _tool(path)
  listed = _run(path, tool, TOOLS[tool][0], '').decode('utf-8', 'surrogateescape').splitlines()
  if tool.startswith('7z'):
    listed = [line.removeprefix('Path = ') for line in listed if line.startswith('Path = ')]
  return listed


def read(path: str | os.PathLike, member: str, max_bytes: int) -> bytes:
  """The unpacked bytes of one member; PictureError if it is damaged or larger than allowed."""
  tool = _tool(path)
  # bsdtar and 7z take a member's name as a pattern.
  pattern = (
    ''.join('\\' + c if c in '*?[]\\' else c for c in member) if tool == 'bsdtar' else member
  )
  return _run(path, tool, TOOLS[tool][1], pattern, max_bytes)


def _tool(path) -> str:
  for tool in TOOLS:
    if shutil.which(tool):
      return tool
  raise PictureError(
    f'{path}: a CBR or RAR needs one of these programs: {", ".join(TOOLS)} '
    '(Debian: apt install libarchive-tools); or repack the book as CBZ.'
  )


def _run(
  path, tool: str, arguments: tuple[str, ...], member: str, max_bytes: int = 1 << 24
) -> bytes:
  command = [tool, *arguments, os.path.abspath(path), *([member] if member else [])]
  name = f'{path}/{member}' if member else str(path)
  with subprocess.Popen(
    command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
  ) as process:
    watch = _kill_after(process, TIMEOUT)
    try:
      data = process.stdout.read(max_bytes + 1)
      if len(data) > max_bytes:
        process.kill()
        raise PictureError(f'{name}: more than the limit of {max_bytes:,} bytes unpacked.')
      code = process.wait()
    finally:
      watch.cancel()
  if code:
    raise PictureError(
      f'{name}: {tool} could not unpack it (exit status {code}): damaged, or '
      'locked with a password.'
    )
  return data


def _kill_after(process: subprocess.Popen, seconds: float) -> threading.Timer:
  timer = threading.Timer(seconds, process.kill)
  timer.daemon = True
  timer.start()
  return timer
