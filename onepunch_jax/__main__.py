"""The `onepunch` command: one word for each of the package's commands.

    onepunch train --config=pix2pix:laptop --workdir=runs/pix2pix
    onepunch colorize --checkpoint=runs/pix2pix --input=page.png --output=colored.png
    onepunch list nets

Each is also `python -m onepunch_jax.NAME` (train: `onepunch_jax.main`; list: `onepunch_jax list`),
and shows its options with --help.
"""

import ast
import importlib.util
import os
import runpy
import sys

COMMANDS = {  # word -> (module, what it does)
  'train': ('onepunch_jax.main', 'train a method; the same command continues a run'),
  'colorize': ('onepunch_jax.colorize', 'colour pictures, folders and books'),
  'evaluate': ('onepunch_jax.evaluate', 'measure a checkpoint, or compare runs'),
  'export': ('onepunch_jax.export', 'write a checkpoint as StableHLO, SavedModel or ONNX'),
  'publish': ('onepunch_jax.publish', 'write a checkpoint as one file of weights for others'),
  'suggest': ('onepunch_jax.suggest', 'colours to choose from at a place'),
  'studio': ('onepunch_jax.studio', 'colour in a browser, click by click, on this machine'),
  'list': ('', 'the experiments, methods, nets, prepare steps and evaluations that there are'),
}


def main() -> None:
  """Runs the command that the first word names; exits with 2 where it names none."""
  from onepunch_jax import __version__
  from onepunch_jax.registry import suggestion

  words = sys.argv[1:]
  if not words or words[0] in ('-h', '--help', 'help'):
    show(usage())
  elif words[0] == '--version':
    show(__version__)
  elif words[0] == 'list':
    show(listing(words[1:]))
  elif words[0] in COMMANDS:
    sys.path.insert(0, '')  # modules of one's own beside, as `python -m` finds them
    module, _ = COMMANDS[words[0]]
    sys.argv[1:] = words[1:]
    runpy.run_module(module, run_name='__main__', alter_sys=True)
  else:
    guess = suggestion(words[0], COMMANDS)
    print(f'There is no command {words[0]!r}.{guess}\n\n{usage()}', file=sys.stderr)
    sys.exit(2)


def show(text: str) -> None:
  """Prints a text; a reader that has seen enough of it, as `head`, is no error."""
  try:
    print(text, flush=True)
  except BrokenPipeError:
    # what is left in the buffer goes nowhere, else Python complains of it at its end
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def usage() -> str:
  """The commands, a line each."""
  lines = [f'  onepunch {word:9} {text}' for word, (_, text) in COMMANDS.items()]
  return '\n'.join(['Line-art colorization in JAX.', '', *lines, '', 'Options: COMMAND --help.'])


def listing(kinds: list[str]) -> str:
  """What can be named in a configuration, each with the first line of its description.

  Args:
    kinds: 'configs', 'methods', 'nets', 'prepare', 'evals'; [] is all of them.
  """
  from onepunch_jax import configs, registry

  names = {'configs': configs.available(), **registry.available()}
  if unknown := [kind for kind in kinds if kind not in names]:
    guess = registry.suggestion(unknown[0], names)
    sys.exit(f'There is no list of {unknown[0]!r}.{guess} There are {", ".join(names)}.')
  lines = []
  for kind in kinds or names:
    lines += [f'{kind}:', *(f'  {n:16} {_summary(kind, n)}' for n in names[kind]), '']
  return '\n'.join(lines).rstrip()


def _summary(kind: str, name: str) -> str:
  """The first line of a module's docstring, read without importing the module."""
  spec = importlib.util.find_spec(f'onepunch_jax.{kind}.{name}')
  if spec is None or spec.origin is None:
    return ''
  with open(spec.origin, encoding='utf-8') as file:
    text = ast.get_docstring(ast.parse(file.read())) or ''
  return text.partition('\n')[0]


if __name__ == '__main__':
  main()
