"""What README.md promises, and the tests that hold it: whoever changes one changes the other."""

import ast
import functools
import importlib
import re

import pytest

from onepunch_jax import __main__ as cli
from onepunch_jax import configs
from tests.conftest import ROOT

README = (ROOT / 'README.md').read_text(encoding='utf-8')
PROMISES = {  # words of README.md: the tests that hold them
  'each trainable and usable': (
    'core/test_methods.py::test_trains_and_colorizes',
    'configs/test_configs.py::test_smoke_ends',
  ),
  'on a laptop, a GPU or a TPU pod': (
    'training/test_sharding.py::test_batches_are_split_over_both_axes',
    'training/test_processes.py::test_two_processes_of_two_devices_equal_one_of_eight',
    'launch/test_launch.py::test_dry_runs_print_the_command',
  ),
  'it draws its own pictures': ('data/test_data.py::test_drawn_splits_share_no_drawing',),
  'ends with a table and pictures': (
    'reports/test_tables.py::test_each_group_of_measures_is_a_table_that_can_be_read',
    'training/test_loop.py::test_evaluate_writes_a_report',
  ),
  'Weights come with the package': (
    'commands/test_first_minute.py::test_the_wheel_has_what_the_first_minute_needs',
    'commands/test_publish.py::test_the_weights_that_come_with_the_package_say_what_they_are',
  ),
  'onepunch colorize --sample': (
    'commands/test_first_minute.py::test_the_sample_page_is_coloured_by_one_command',
  ),
  'onepunch colorize --input=page.png --output=out.png': (
    'commands/test_first_minute.py::test_a_page_needs_no_checkpoint',
    'commands/test_colorize.py::test_pictures_in_the_same_kind_out',
  ),
  'onepunch colorize --input=book.cbz --output=out.cbz': (
    'commands/test_books.py::test_a_book_stays_a_book',
    'commands/test_books.py::test_a_killed_book_goes_on',
  ),
  'onepunch colorize --input=page.png --output=page.ora': (
    'commands/test_colorize.py::test_layers_add_up_to_hinted_colours',
    'pages/test_flats.py::test_ora_opens_elsewhere',
  ),
  'onepunch list': (
    'commands/test_cli.py::test_what_there_is_is_listed_with_its_description',
    'commands/test_cli.py::test_a_reader_that_has_seen_enough_is_no_error',
  ),
  'onepunch train --config=zhang16:laptop,data=my_pairs': (
    'configs/test_locate.py::test_experiments_have_names',
    'data/test_pair_folders.py::test_a_small_set_trains_and_validates',
    'training/test_loop.py::test_trains_on_real_pairs',
  ),
  'onepunch evaluate --checkpoint=runs/zhang16 --split=val': (
    'training/test_loop.py::test_evaluate_writes_a_report',
  ),
  'the same table for all': ('training/test_loop.py::test_runs_in_one_table',),
  'one command for every method': ('configs/test_configs.py::test_smoke_ends',),
  'resumes bit for bit': (
    'training/test_loop.py::test_a_killed_process_resumes_bitwise',
    'training/test_loop.py::test_a_stopped_run_ends_like_one_that_was_not',
  ),
  'one device to a pod': (
    'core/test_methods.py::test_sharded_equals_single_device',
    'training/test_checkpoint.py::test_a_state_of_four_devices_is_the_same_on_one_and_eight',
    'launch/test_launch.py::test_jobsets_are_whole',
  ),
  'sweeps': ('launch/test_sweep.py::test_a_sweep_goes_on_and_runs_no_point_twice',),
  'synthetic drawings, pairs, colour pages, books, boorus': (
    'data/test_data.py::test_drawn_splits_share_no_drawing',
    'data_prep/test_kinds.py::test_pairs_of_two_folders',
    'data_prep/test_kinds.py::test_books_in_books_out_of_order_and_damaged',
    'data_prep/test_booru.py::test_downloads_with_facts_that_preparation_reads',
    'configs/test_configs.py::test_pictures_without_line_art_are_enough',
  ),
  'record shards': (
    'data/test_records.py::test_round_trip',
    'data_prep/test_pipeline.py::test_same_bytes_for_any_number_of_workers_and_for_array_jobs',
  ),
  'colour in a browser, click by click, on your own machine': (
    'studio/browser/test_draw.py::test_click_is_a_dot_and_its_region_has_the_color',
    'studio/browser/test_files.py::test_a_sample_is_opened_and_colored',
  ),
  'any size and format': (
    'commands/test_colorize.py::test_any_size',
    'commands/test_colorize.py::test_kinds_of_output',
    'images/test_reader.py::test_robust_set',
    'pages/test_pages.py::test_any_size_is_painted_in_one_shape',
  ),
  'lines and paper stay': (
    'pages/test_contract.py::test_contract_from_file_to_file',
    'pages/test_contract.py::test_margins_and_balloons_stay_paper',
    'pages/test_pages.py::test_every_grey_on_every_colour_is_their_product',
  ),
  'books, flats, palettes, layers': (
    'commands/test_books.py::test_pdf_in_and_out',
    'commands/test_colorize.py::test_flats_palette_and_recolouring_without_a_net',
    'pages/test_flats.py::test_flats_are_exact_and_snap',
    'pages/test_flats.py::test_psd_opens_elsewhere',
  ),
  'hints, tags, references': (
    'commands/test_guides.py::test_a_dot_colours_its_room',
    'commands/test_reference.py::test_any_picture_of_any_size',
    'evals/test_tags.py::test_a_page_with_tags',
  ),
  'one clean colour for each region': (
    'pages/test_region_pages.py::test_files_have_no_pixel_off_the_palette',
    'methods/test_region_tokens.py::test_hints_are_exact_in_the_picture',
  ),
  'hints that hold exactly': ('pages/test_session.py::test_hints_hold_and_lines_stay',),
  'many samples': ('commands/test_guides.py::test_samples_are_files_of_their_own',),
  'all methods on one budget, beside baselines': (
    'configs/test_options.py::test_every_point_of_the_zoo_fits_its_size',
    'evals/test_hints.py::test_known_models',
  ),
  'beside PyTorch': (
    'peers/test_pix2pix.py::test_twenty_training_steps_give_the_same_losses',
    'peers/test_sagan.py::test_generator',
    'peers/test_losses.py::test_adversarial_losses_and_their_gradients',
  ),
  'a method of your own, in or out of this repository': (
    'examples/test_examples.py::test_a_method_out_of_tree_trains_and_colours_a_page',
    'core/test_registry.py::test_dotted_names_are_modules_of_ones_own',
  ),
  'error messages': (
    'commands/test_losses.py::test_errors_are_sentences',
    'weights/test_mutated_runs.py::test_a_configuration_names_the_key_that_is_wrong',
  ),
  'Colorizer.load()(Image.open': (
    'commands/test_first_minute.py::test_a_page_needs_no_checkpoint',
    'pages/test_pages.py::test_arrays_of_any_kind',
  ),
  '`onepunch_jax/core.py` turns any of them into one jitted, sharded step': (
    'core/test_core.py::test_nets_are_initialised_for_the_calls_of_forward_losses_and_colorize',
    'core/test_methods.py::test_sharded_equals_single_device',
  ),
}
HOLDERS = sorted({test for tests in PROMISES.values() for test in tests})


@functools.cache
def functions(file: str) -> set[str]:
  """The names of the tests in a file."""
  tree = ast.parse((ROOT / 'tests' / file).read_text(encoding='utf-8'))
  return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize('words', PROMISES)
def test_a_promise_stands_in_the_readme(words):
  assert words in ' '.join(README.split())


@pytest.mark.parametrize('test', HOLDERS)
def test_what_holds_a_promise_is_a_test(test):
  file, _, name = test.partition('::')
  assert name in functions(file)


def test_each_line_of_the_table_of_features_is_a_promise():
  part = README.partition('## What it does')[2].partition('From Python')[0]
  rows = re.findall(r'^\| \[.*\| (.*) \|$', part, flags=re.M)
  kept = ('words; ', 'what to expect of many chips')  # documents, not behaviour
  assert len(rows) >= 8
  for row in rows:
    assert any(words in row for words in (*PROMISES, *kept)), row


def test_each_command_is_a_promise_with_flags_that_exist():
  commands = re.findall(r'^onepunch (\w+)(.*?)(?:\s+#.*)?$', README, flags=re.M)
  assert len(commands) >= 6
  for word, options in commands:
    assert any(f'onepunch {word}{options}'.rstrip().startswith(p) for p in PROMISES), (
      word,
      options,
    )
    module, _ = cli.COMMANDS[word]
    text = importlib.util.find_spec(module).loader.get_source(module) if module else ''
    for flag in re.findall(r'--(\w+)', options):
      assert re.search(rf"(DEFINE_\w+\(\s*|DEFINE_config_file\(\s*)'{flag}'", text), (word, flag)


def test_the_table_of_methods_has_all_configs():
  part = README.partition('## Methods')[2].partition('## How it is built')[0]
  named = set(re.findall(r'`(\w+)`', ' '.join(re.findall(r'^\| (`.*?) \|', part, flags=re.M))))
  assert named | {'pix2pixhd_2'} == set(configs.available())


def test_links_lead_to_files():
  links = [link for link in re.findall(r'\]\(([^)#]+)', README) if '://' not in link]
  assert len(links) > 10
  assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_folders_of_the_layout_are_there():
  layout = re.search(r'^    onepunch_jax/  (.*?)^\[CONTRIBUTING', README, flags=re.M | re.S)[1]
  inside = layout.partition('configs/')[0]
  names = re.findall(r'\b[a-z_]+\b', inside)
  missing = [n for n in names if not list((ROOT / 'onepunch_jax').glob(f'{n}*'))]
  assert missing == [] and len(names) > 15
