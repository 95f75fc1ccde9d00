"""Colour pages: pictures, folders, comic books.

    onepunch colorize --sample
    onepunch colorize --input=page.png --output=out.png
    python -m onepunch_jax.colorize --checkpoint=runs/pix2pix --input=page.png --output=out.png
    python -m onepunch_jax.colorize --checkpoint=runs/pix2pix --input=book.cbz --output=color.cbz
    python -m onepunch_jax.colorize --checkpoint=runs/pix2pix --input=page.png --output=page.ora
    python -m onepunch_jax.colorize --checkpoint=runs/pix2pix --input=pages/ --output=flats/ --flats
    python -m onepunch_jax.colorize --checkpoint=runs/region --input=pages/ --output=out/ --remember
    python -m onepunch_jax.colorize --input=page.png --output=page.psd --shading=cel
    python -m onepunch_jax.colorize --palette=edited.json --input=flats/ --output=new/

Without --checkpoint the weights that come with the package colour; --palette alone recolours flats.
In: a picture of nearly any kind, a folder (with all below it, books too), CBZ, CBR, PDF. Out: a
picture, layers (.ora, .psd), a folder, CBZ, PDF. Lines, lettering, paper, alpha, size and DPI of
a page stay. A page that cannot be read is reported and left out (--on_bad=copy: copied), the
others are coloured, and the exit code is then 1. The same command continues a run that stopped.
At the end a summary counts what was read, coloured, passed through, skipped and refused, and names
the hints that had no effect; with --strict these and skipped files make the exit code 1, too.
"""

import dataclasses
import os
import shutil
import sys

from absl import app, flags

from onepunch_jax.images import bind, write
from onepunch_jax.images.reader import MAX_PIXELS
from onepunch_jax.log import log, show_log
from onepunch_jax.pages import balloon_masks, book, journal, layer_files
from onepunch_jax.pages.colorizer import Colorizer
from onepunch_jax.pages.drop_color import hue_of
from onepunch_jax.pages.palette import Palette
from onepunch_jax.pages.sample import sample_path
from onepunch_jax.pages.shading import KINDS
from onepunch_jax.pages.summary import Summary, sentence
from onepunch_jax.pages.work import SUFFIX, Colorist, Options, Recolorist
from onepunch_jax.training import compilation_cache
from onepunch_jax.weights import shipped
from onepunch_jax.weights.runs import load_config

SAMPLE = 'sample_colored.png'  # where the sample page goes
PICTURES = (*write.SUFFIXES, *layer_files.SUFFIXES)


@dataclasses.dataclass(frozen=True)
class Output:
  """Where finished pages go, and how pages are read.

  Attributes:
    target: a picture or layered file (for one picture), a CBZ or PDF, or a folder.
    suffix: of the pictures in a folder or book.
    on_bad: 'skip' or 'copy' pages that cannot be read.
    max_pixels: larger pictures are refused.
    dpi: at which PDF pages without a scan are rendered.
  """

  target: str
  suffix: str = '.png'
  on_bad: str = 'skip'
  max_pixels: int = MAX_PIXELS
  dpi: float = 150

  @property
  def end(self) -> str:
    """The suffix of the target, '' for a folder."""
    return '' if os.path.isdir(self.target) else os.path.splitext(self.target)[1].lower()

  def open(self, source: str, split: bool = False) -> book.Book:
    """The pages at `source`; with `split`, each page of a TIFF by itself."""
    return book.open_book(source, max_pixels=self.max_pixels, dpi=self.dpi, split=split)


def color_all(source: str, output: Output, work: journal.Work) -> Summary:
  """Colours whatever is at `source`; returns the outcome of everything there.

  Args:
    source: a picture, a folder, a CBZ, CBR or PDF.
    output: where pages go.
    work: what is done to a page (pages/work.py).

  Raises:
    ValueError: there is nothing at `source`, or it does not fit the target.
    OSError: nothing can be written.
  """
  target = output.target
  if os.path.isdir(source) and _inside(target, source):
    raise ValueError(f'{target}: lies inside the input {source}; give another output.')
  if os.path.exists(target) and os.path.exists(source) and os.path.samefile(source, target):
    raise ValueError(f'{target}: is the input itself; give another output.')
  if output.end in bind.SUFFIXES:
    return _into_book(source, output, work)
  found = output.open(source)
  if output.end in PICTURES:
    return _into_file(found, source, target, work)
  if not (found.pages or found.inner or found.refused):
    raise ValueError(f'{source}: no pictures there.')
  summary = _summary(found, target)
  books = {}
  for name in found.inner:
    try:
      books[name] = _within(output.open(os.path.join(source, name), split=True), name)
    except ValueError as error:
      summary.pages.append(_refused(name, str(error)))
  everything = [page for part in (found, *books.values()) for page in part.pages]
  summary.unused += work.prepare(everything)
  summary.pages = journal.run(found.pages, target, work, on_bad=output.on_bad) + summary.pages
  for name, data in found.extras:
    write.replace(os.path.join(target, *name.split('/')), data)
  for name, part in books.items():
    inner = dataclasses.replace(output, target=os.path.join(target, _book_name(name)))
    try:
      summary.add(_bound(part, os.path.join(source, name), inner, work))
    except ValueError as error:
      summary.pages.append(_refused(name, str(error)))
  return summary


def _into_file(found: book.Book, source: str, target: str, work: journal.Work) -> Summary:
  if len(found.pages) != 1 or found.inner:
    raise ValueError(
      f'{source}: holds {len(found.pages)} pages, {target} only one; give a '
      'folder, .cbz or .pdf as output.'
    )
  summary, page = _summary(found, target), found.pages[0]
  summary.unused += work.prepare(found.pages)
  result = work(page, page.pictures())
  start = os.path.splitext(target)[0]
  for n, (suffix, data) in reversed(list(enumerate(result.files.items()))):
    write.replace(start + suffix if n else target, data)
  done = journal.Done(page.name, '', result.status, (target,), '', result.notes, result.lost)
  summary.pages.insert(0, done)
  return summary


def _into_book(source: str, output: Output, work: journal.Work) -> Summary:
  found = output.open(source, split=True)
  for name in found.inner:
    try:
      part = output.open(os.path.join(source, name), split=True)
    except ValueError as error:
      found = dataclasses.replace(found, refused=(*found.refused, str(error)))
      continue
    start = os.path.splitext(name)[0]
    found = dataclasses.replace(
      found,
      pages=(*found.pages, *(book.below(page, name) for page in part.pages)),
      extras=(*found.extras, *((f'{start}/{extra}', data) for extra, data in part.extras)),
      refused=(*found.refused, *part.refused),
      skipped=(*found.skipped, *(f'{name}/{skipped}' for skipped in part.skipped)),
    )
  unused = work.prepare(found.pages)
  summary = _bound(found, source, output, work)
  summary.unused += unused
  return summary


def _bound(found: book.Book, source: str, output: Output, work: journal.Work) -> Summary:
  """Finished pages wait in `target`.part; when all are there they are bound, and it is removed."""
  target = output.target
  if output.suffix in layer_files.SUFFIXES:
    raise ValueError(
      f'{target}: a book has pictures, not layers; give a folder for {output.suffix}.'
    )
  summary = _summary(found, target)
  if not found.pages:
    why = f' {summary.pages[0].message}' if summary.pages else ''
    raise ValueError(f'{source}: no pages there.{why}')
  part = f'{target}.part'
  done = journal.run(found.pages, part, work, on_bad=output.on_bad)
  summary.pages = done + summary.pages
  bound = [d for d in done if d.file and not (output.end == '.pdf' and d.status == journal.BAD)]
  if not bound:
    shutil.rmtree(part)
    raise ValueError(f'{source}: none of its pages can be read.')
  bind.bind(target, [(d.file, os.path.join(part, d.file)) for d in bound], found.extras)
  if output.end == '.pdf':
    summary.skipped += [f'{name} (a PDF has no place for it)' for name, _ in found.extras]
  shutil.rmtree(part)
  return summary


def _summary(found: book.Book, target: str) -> Summary:
  refused = []
  for text in found.refused:
    log.error('%s', text)
    refused.append(_refused(text.split(': ')[0], text))
  return Summary(target, refused, list(found.skipped))


def _refused(name: str, message: str) -> journal.Done:
  return journal.Done(name, '', journal.BAD, (), message)


def _within(found: book.Book, name: str) -> book.Book:
  """A book below a folder: its pages know so."""
  start = os.path.splitext(name)[0]
  pages = tuple(dataclasses.replace(page, book=start) for page in found.pages)
  return dataclasses.replace(
    found, pages=pages, skipped=tuple(f'{name}/{skipped}' for skipped in found.skipped)
  )


def _book_name(name: str) -> str:
  """The output book beside others: CBR is read, CBZ is written."""
  start, end = os.path.splitext(name)
  return name if end.lower() in bind.SUFFIXES else start + '.cbz'


def _inside(target: str, source: str) -> bool:
  target, source = os.path.realpath(target), os.path.realpath(source)
  return os.path.commonpath([target, source]) == source


def define_flags() -> None:
  flags.DEFINE_string(
    'checkpoint',
    '',
    'The --workdir of training, a file of weights, or a name; default: the weights that come with '
    'the package.',
  )
  flags.DEFINE_string('step', 'latest', "Which checkpoint: a step, 'latest' or 'best'.")
  flags.DEFINE_string('input', '', 'A picture, a folder, a CBZ, CBR or PDF.')
  flags.DEFINE_string('output', '', 'A picture, .ora, .psd, .cbz, .pdf, or a folder.')
  flags.DEFINE_bool('sample', False, f'Colour the page that comes along; --output: {SAMPLE}.')
  flags.DEFINE_enum('format', 'png', sorted(SUFFIX), 'Of the pictures in a folder or book.')
  flags.DEFINE_bool('flats', False, 'One solid colour for each region, with a palette beside it.')
  flags.DEFINE_string(
    'palette',
    '',
    'JSON of the only colours that flats may have; without a '
    '--checkpoint: gives flats of --input these colours.',
  )
  flags.DEFINE_float('gap', 0, 'Larger (px) closes more gaps in lines of flats; 0: 1 %% of a side.')
  flags.DEFINE_string('hints', '', 'RGBA picture, JSON, ORA or PSD; or a folder of such, by name.')
  flags.DEFINE_string(
    'tags', '', "Colours by name, for methods with such an input: 'blue hair, red eyes'."
  )
  flags.DEFINE_multi_string(
    'reference',
    [],
    'A picture whose colours all pages shall have, for methods with such an input. Runs of '
    'region_tokens use several: give it again, or a folder or book of pictures.',
  )
  flags.DEFINE_bool(
    'remember',
    False,
    "Pages look at the colours of the pages before them, hints' first; of runs of region_tokens.",
  )
  flags.DEFINE_enum(
    'shading', 'off', KINDS, 'Shadow and light over the colours; of runs of region_tokens.'
  )
  flags.DEFINE_integer(
    'samples', 1, 'Colourings of each page, the others beside it as NAME_2 ...', lower_bound=1
  )
  flags.DEFINE_bool('force', False, 'Colour pages that are in colour already.')
  flags.DEFINE_enum('alpha', 'keep', ['keep', 'paper'], 'Keep transparency, or put it on paper.')
  flags.DEFINE_bool('invert', False, 'Pages are negatives: white lines on black.')
  flags.DEFINE_string(
    'drop_color', '', "Construction lines of this colour are taken off: 'blue', or '#rrggbb'."
  )
  flags.DEFINE_string(
    'balloons',
    'auto',
    'Balloons stay paper: those that are found (auto), all shapes with lettering (keep), none '
    '(color), or the white pixels of a picture; or a folder of such, by name.',
  )
  flags.DEFINE_enum('on_bad', 'skip', ['skip', 'copy'], 'Pages of a book that cannot be read.')
  flags.DEFINE_bool(
    'strict', False, 'Exit with 1 too if a file was skipped, or a hint had no effect.'
  )
  flags.DEFINE_float(
    'detail',
    0,
    'Training sizes over the short side of a page, 0.5 to 8; 0: by the width of its lines.',
  )
  flags.DEFINE_integer('memory', 512, 'MiB for the buffers of one page.', lower_bound=16)
  flags.DEFINE_integer('max_pixels', MAX_PIXELS, 'Larger pictures are refused.', lower_bound=1)
  flags.DEFINE_float('dpi', 150, 'At which PDF pages without a scan are rendered.', 10, 2400)


def run(options: flags.FlagValues) -> Summary:
  """The command with its flags.

  Raises:
    ValueError: a flag is wrong; the message is one sentence.
  """
  source, target = options.input, options.output
  if options.sample and not source:
    source, target = sample_path(), target or SAMPLE
  if not (source and target):
    raise ValueError('Give --input=PAGE and --output=FILE, or --sample to try it.')
  end = os.path.splitext(target)[1].lower()
  single = end in PICTURES and not os.path.isdir(target)
  suffix = end if single else SUFFIX[options.format]
  palette = Palette.read(options.palette) if options.palette else None
  balloons, masks = balloon_masks.word_and_file(options.balloons)
  output = Output(target, suffix, options.on_bad, options.max_pixels, options.dpi)
  if palette is not None and not options.checkpoint:
    if options.remember:
      raise ValueError('--remember needs a --checkpoint; recoloured flats look at no other page.')
    if masks:
      raise ValueError('A mask of --balloons needs a --checkpoint; recoloured flats keep theirs.')
    return color_all(source, output, Recolorist(palette))
  checkpoint = options.checkpoint or shipped.DEFAULT
  flats = options.flats or palette is not None
  if flats and suffix not in (*layer_files.SUFFIXES, '.png'):
    raise ValueError(f'Flats are PNG, or layers in .ora or .psd, not {suffix}.')
  if flats and options.shading != 'off':
    raise ValueError(f'Flats have no shading: leave out --shading={options.shading}.')
  if options.samples > 1 and (
    flats or suffix in layer_files.SUFFIXES or output.end in bind.SUFFIXES
  ):
    raise ValueError('Several --samples are pictures: not of flats, layers or books.')
  how = Options(
    suffix=suffix,
    flats=flats,
    palette=palette,
    hints=options.hints,
    balloons=masks,
    force=options.force,
    on_paper=options.alpha == 'paper',
    invert=options.invert,
    gap=options.gap,
    same_suffix=single,
    samples=options.samples,
    tags=options.tags,
    remember=options.remember,
    shading=options.shading,
    drop_hue=hue_of(options.drop_color) if options.drop_color else None,
  )
  compilation_cache.use(load_config(checkpoint).compilation_cache, compilation_cache.SHORT)
  colorizer = Colorizer(
    checkpoint,
    options.step,
    detail=options.detail or None,
    memory=options.memory,
    balloons=balloons,
  )
  if how.tags:
    colorizer.hot(how.tags)  # a mistake in them is found before a page is read
  if how.remember and not colorizer.by_regions:
    raise ValueError(
      '--remember needs a checkpoint that colours by regions: a run of configs/region_tokens.py.'
    )
  if options.reference:
    how = dataclasses.replace(how, references=colorizer.references(list(options.reference)))
  return color_all(source, output, Colorist(colorizer, how))


def main(_):
  show_log()
  try:
    summary = run(flags.FLAGS)
  except (ValueError, TypeError, OSError, MemoryError) as error:
    log.error('%s', sentence(error))
    sys.exit(1)
  print(*summary.lines(), sep='\n')
  sys.exit(summary.exit_status(flags.FLAGS.strict))


if __name__ == '__main__':
  define_flags()
  app.run(main)
