"""Where a run comes from: its first command and the commit of the code, kept beside it."""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Sequence

FILE = 'origin.json'
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_FOLDERS = re.compile(r'(?<![\w.~:/-])/(?:[^/\s\'"*+,=:]+/)+')  # of an absolute path


def record(workdir: str, argv: Sequence[str]) -> None:
  """Writes workdir/origin.json before a run's first step; later commands only continue it.

  Args:
    workdir: the run's folder; made if it is not there.
    argv: the words of the command, its module's file first.
  """
  path = os.path.join(workdir, FILE)
  if os.path.exists(path) and os.path.exists(os.path.join(workdir, 'config.json')):
    return
  os.makedirs(workdir, exist_ok=True)
  command = 'onepunch train ' + ' '.join(map(shlex.quote, argv[1:]))
  with open(path + '.tmp', 'w', encoding='utf-8') as file:
    json.dump({'command': command, 'commit': commit()}, file, indent=2)
  os.replace(path + '.tmp', path)


def read(workdir: str) -> dict[str, str]:
  """What `record` wrote; {} where there is nothing."""
  path = os.path.join(workdir, FILE)
  if not os.path.isfile(path):
    return {}
  with open(path, encoding='utf-8') as file:
    return json.load(file)


def commit() -> str:
  """The commit of the checkout that this code is in; '' where it is in none."""
  return _git('rev-parse', 'HEAD')


def date_of(commit: str) -> str:
  """The date of a commit, as 2026-11-28; '' where it is not known here."""
  return _git('show', '-s', '--format=%cs', commit) if commit else ''


def without_folders(text: str) -> str:
  """Text with absolute paths cut to the names of their files: folders stay private."""
  return _FOLDERS.sub('', text)


def _git(*words: str) -> str:
  if not os.path.exists(os.path.join(ROOT, '.git')):
    return ''
  try:
    done = subprocess.run(
      ['git', '-C', ROOT, *words], capture_output=True, text=True, check=True, timeout=20
    )
  except (OSError, subprocess.SubprocessError):
    return ''
  return done.stdout.strip()
