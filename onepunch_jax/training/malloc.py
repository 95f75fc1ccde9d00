"""How the C library's allocator treats the arrays of a training loop."""

import ctypes

# glibc's malloc.h
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3


def keep_freed() -> None:
  """Tells glibc to keep freed memory for the next batch; elsewhere does nothing.

  By itself it hands arrays of megabytes back to the kernel as they are freed, and the kernel
  clears every page again for the next ones. On two CPU cores that took a tenth of a training
  step's time and half of reading a batch's.
  """
  try:
    mallopt = ctypes.CDLL(None).mallopt
  except (AttributeError, OSError, TypeError):  # macOS, Windows, musl
    return
  mallopt(_MMAP_THRESHOLD, 2**25)  # the largest that glibc takes
  mallopt(_TOP_PAD, 2**26)
  mallopt(_TRIM_THRESHOLD, 2**31 - 1)


def trim() -> None:
  """Hands what is free at this moment back to the kernel; elsewhere than on glibc does nothing.

  To be called once after compilation: compiling a training step leaves half a gigabyte of small
  freed pieces behind that arrays cannot use.
  """
  try:
    ctypes.CDLL(None).malloc_trim(0)
  except (AttributeError, OSError, TypeError):
    return
