"""The messages of the project while it works: one logger, apart from those of the libraries."""

import logging
import sys

from absl import logging as absl_logging
from tqdm import tqdm

log = logging.getLogger('onepunch_jax')


class _BesideTheBar(logging.Handler):
  """Prints above a progress bar instead of through it."""

  def emit(self, record: logging.LogRecord) -> None:
    tqdm.write(self.format(record), file=sys.stderr)


def show_log() -> None:
  """Shows the project's messages, and of the libraries only errors."""
  absl_logging.set_verbosity(absl_logging.ERROR)
  if not log.handlers:
    handler = _BesideTheBar()
    handler.setFormatter(logging.Formatter('%(asctime)s %(levelname).1s %(message)s', '%H:%M:%S'))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
