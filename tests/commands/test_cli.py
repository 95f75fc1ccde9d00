"""The `onepunch` command: words lead to modules, mistakes to sentences."""

import os
import subprocess
import sys

import pytest

import onepunch_jax
from onepunch_jax import __main__ as cli
from onepunch_jax import registry
from tests import forked
from tests.conftest import ROOT


def run(*words):
  return forked.run('onepunch_jax', *words)


def test_what_there_is_is_listed_with_its_description():
  text = cli.listing([])
  for kind in ('configs', *registry.available()):
    assert f'{kind}:\n' in text
  nets = cli.listing(['nets'])
  assert 'unet' in nets and 'pix2pix_gp' not in nets
  lines = [line.split(maxsplit=1) for line in nets.splitlines()[1:]]
  assert all(len(line) == 2 for line in lines)  # each has a description
  with pytest.raises(SystemExit, match="Did you mean 'nets'"):
    cli.listing(['net'])


def test_each_command_shows_its_options():
  for word in set(cli.COMMANDS) - {'list'}:
    shown = run(word, '--helpshort')
    assert '--' in shown.stdout and not shown.stderr.count('Traceback'), word


def test_mistakes_are_sentences():
  wrong = run('colourize')
  assert wrong.returncode == 2 and "Did you mean 'colorize'?" in wrong.stderr
  assert run('--version').stdout.strip() == onepunch_jax.__version__
  assert 'onepunch train' in run().stdout


def test_a_reader_that_has_seen_enough_is_no_error():
  """As `onepunch list | head -1`, whose pipe may be closed before anything is printed."""
  read, write = os.pipe()
  os.close(read)
  command = [sys.executable, '-m', 'onepunch_jax', 'list']
  done = subprocess.run(command, cwd=ROOT, stdout=write, stderr=subprocess.PIPE, text=True)
  os.close(write)
  assert (done.returncode, done.stderr) == (0, '')
