"""Commands as typed, in processes that start in a tenth of a second.

`python -m MODULE` imports JAX and the package for seconds each time. Here a server imports them
once and forks for each command, before anything was computed or a flag was defined, so that the
command finds what it finds in a new interpreter. What a test says of imports themselves needs one.
"""

import multiprocessing
import os
import pathlib
import runpy
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parents[1]
CONTEXT = multiprocessing.get_context('forkserver')
CONTEXT.set_forkserver_preload(
  [
    'tests.forked',
    'data_prep.execute',
    'onepunch_jax.training.loop',
    'onepunch_jax.pages.colorizer',
    'onepunch_jax.studio.server',
  ]
)


class Command:
  """A command that runs, with the methods of `subprocess.Popen` that tests use.

  Args:
    module: what `python -m` runs; or '-c', and the first word is code.
    words: its arguments.
    cwd: the folder that it runs in.
    env: its environment; None: this process's.
  """

  def __init__(
    self,
    module: str,
    *words: str,
    cwd: str | os.PathLike = ROOT,
    env: dict[str, str] | None = None,
  ):
    self._files = tempfile.TemporaryDirectory()
    self.args = (module, *map(str, words))
    how = self.args, str(cwd), dict(env or os.environ), self._files.name
    self._process = CONTEXT.Process(target=_main, args=how)
    self._process.start()

  @property
  def returncode(self) -> int | None:
    """The exit status; None while it runs, below 0 where a signal ended it."""
    return self._process.exitcode

  def poll(self) -> int | None:
    return self.returncode

  def send_signal(self, number: int) -> None:
    os.kill(self._process.pid, number)

  def communicate(self, timeout: float | None = None) -> tuple[str, str]:
    """Waits for its end; what it wrote to the standard streams."""
    self._process.join(timeout)
    if self.returncode is None:
      self._process.kill()
      self._process.join()
      raise subprocess.TimeoutExpired(self.args, timeout)
    out, err = (
      pathlib.Path(self._files.name, name).read_text(encoding='utf-8') for name in ('out', 'err')
    )
    return out, err


def run(module: str, *words: str, **how) -> subprocess.CompletedProcess:
  """Runs a command to its end; arguments as for `Command`."""
  command = Command(module, *words, **how)
  out, err = command.communicate()
  return subprocess.CompletedProcess(command.args, command.returncode, out, err)


def _main(args: tuple[str, ...], cwd: str, env: dict[str, str], files: str) -> None:
  """What the forked process does."""
  for number, name in ((1, 'out'), (2, 'err')):
    os.dup2(os.open(os.path.join(files, name), os.O_WRONLY | os.O_CREAT), number)
  os.environ.clear()
  os.environ.update(env)
  os.chdir(cwd)
  sys.path.insert(0, cwd)  # as `python -m` has it
  module, *words = args
  if module == '-c':
    sys.argv = args[:1]
    exec(compile(words[0], '<string>', 'exec'), {'__name__': '__main__'})
  else:
    sys.argv = [module, *words]
    runpy.run_module(module, run_name='__main__', alter_sys=True)
