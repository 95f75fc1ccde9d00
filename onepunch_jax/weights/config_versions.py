"""Configurations of older runs with the keys of today, so that their checkpoints still load.

`config_version` is the version of a config.json's keys. Version 1 has no such field.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

VERSION = 2
# Methods whose nets became those of the released code with version 2: older parameters do not fit.
NETS_REPLACED = ('alacgan', 'sagan', 'tag2pix', 'userhint')


class Renamed(NamedTuple):
  """A key of version 1 and its name in version 2."""

  section: str  # where it is, e.g. 'prepare.reference'
  old: str
  new: str
  methods: tuple[str, ...] = ()  # in runs of these methods only; () is all


RENAMED = (
  Renamed('evals', 'measure', 'method_metrics'),
  Renamed('prepare.points', 'most', 'max_points'),
  Renamed('prepare.points', 'share', 'probability'),
  Renamed('prepare.strokes', 'thick', 'thickness'),
  Renamed('prepare.strokes', 'share', 'probability'),
  Renamed('prepare.repaint', 'share', 'probability'),
  Renamed('prepare.repaint', 'near', 'tolerance'),
  Renamed('prepare.repaint', 'anything', 'random_color'),
  Renamed('prepare.repaint', 'around', 'hint_size'),
  Renamed('prepare.retag', 'paints', 'palette'),
  Renamed('prepare.retag', 'parts', 'part_table'),
  Renamed('prepare.retag', 'share', 'probability'),
  Renamed('prepare.retag', 'spread', 'sigma'),
  Renamed('prepare.reference', 'jittered', 'jitter_probability'),
  Renamed('prepare.reference', 'spread', 'point_jitter'),
  Renamed('prepare.corrupt', 'spread', 'point_jitter'),
  Renamed('prepare.tag_drop', 'whole', 'keep_all'),
  Renamed('prepare.tag_drop', 'none', 'keep_none'),
  Renamed('method', 'spread', 'propagate_hints', methods=('userhint', 'alacgan', 'points')),
  Renamed('method', 'spread', 'sample_std', methods=('aae',)),
  Renamed('method', 'words', 'num_tags', methods=('anyhint', 'region_tokens')),
  Renamed('method', 'around', 'hint_size', methods=('anyhint',)),
  Renamed('method', 'parts', 'part_table', methods=('anyhint',)),
  Renamed('method', 'lambda_guess', 'lambda_candidates', methods=('anyhint',)),
  Renamed('method', 'lambda_told', 'lambda_repaint', methods=('anyhint',)),
  Renamed('method', 'lambda_parts', 'lambda_attention', methods=('anyhint',)),
  Renamed('method.head', 'most', 'max_cells', methods=('anyhint',)),
  Renamed('method.head', 'trust', 'hint_bias', methods=('anyhint',)),
  Renamed('method.head', 'insist', 'inference_bias', methods=('anyhint',)),
  Renamed('evals.image', 'floors', 'baselines'),
  Renamed('evals.hints', 'shown', 'examples'),
  Renamed('evals.reference', 'shown', 'examples'),
  Renamed('evals.tags', 'shown', 'examples'),
  Renamed('evals.tags', 'least', 'min_area'),
  Renamed('method.gen', 'way', 'modulation', methods=('adain',)),
  Renamed('method.tags', 'most', 'max_tags', methods=('anyhint',)),
)


METRICS = {  # the last parts of names of metrics: old -> new
  'psnr_inside': 'psnr_foreground',
  'auc_inside': 'auc_foreground',
  'auc_random_inside': 'auc_random_foreground',
}


def metric_name(name: str) -> str:
  """The name of today of a metric that an older run may have logged under another one."""
  row, slash, column = name.rpartition('/')
  return row + slash + METRICS.get(column, column)


def migrate(config: Mapping[str, Any]) -> dict[str, Any]:
  """The configuration of a run of any version with the keys of VERSION.

  Args:
    config: what a config.json holds; it is not changed.

  Raises:
    ValueError: it is of a version newer than this package.
  """
  version = config.get('config_version', 1)
  if version > VERSION:
    raise ValueError(
      f'The run is of configuration version {version}, this package knows versions up to '
      f'{VERSION}: install the package that trained it, or a newer one.'
    )
  new = _copy(config)
  if version < 2:
    new.setdefault('eval_prepare', {'order': []})
    _rename_synthetic(new.get('data', {}))
  if isinstance(new.get('data'), dict):  # of runs without region tokens
    new['data'].setdefault('tokens', 0)
    new['data'].setdefault('pairs', False)
    new['data'].setdefault('extract_lines', False)
    new['data'].setdefault('crops', 0.0)
    new['data'].setdefault('rough_lines', 0.0)
    new['data'].setdefault('references', 0.0)
  for rename in RENAMED:  # no key of today has an old name, so that this is safe for every version
    _rename(new, rename)
  if 'best' in new:
    new['best'] = metric_name(new['best'])
  new['config_version'] = VERSION
  return new


def check_nets(config: Mapping[str, Any], workdir: str) -> None:
  """Refuses a run whose parameters do not fit the nets of today.

  Args:
    config: what its config.json holds, before `migrate`.
    workdir: its folder, for the message.

  Raises:
    ValueError: the nets of its method are others now.
  """
  method = config.get('method', {}).get('name', '')
  if config.get('config_version', 1) < 2 and method in NETS_REPLACED:
    raise ValueError(
      f'{workdir} was trained by a version before 0.2, whose nets of {method} were others (they '
      'are those of the released code now): train it again in another --workdir, or use it with '
      'the version that trained it.'
    )


def _rename_synthetic(data: dict[str, Any]) -> None:
  """'drawn' was the name of the synthetic drawings, alone or in 'A*3+drawn'."""
  for key in ('path', 'unpaired'):
    parts = [part.partition('*') for part in data.get(key, '').split('+')]
    named = [('synthetic' if p == 'drawn' else p) + star + times for p, star, times in parts]
    if key in data:
      data[key] = '+'.join(named)


def _rename(config: dict[str, Any], rename: Renamed) -> None:
  if rename.methods and config['method']['name'] not in rename.methods:
    return
  section: Any = config
  for key in rename.section.split('.'):
    section = section.get(key) if isinstance(section, dict) else None
  if not isinstance(section, dict):
    return
  if rename.old in section:
    section[rename.new] = section.pop(rename.old)
  if rename.old in section.get('order', ()):  # of prepare steps
    section['order'] = [rename.new if n == rename.old else n for n in section['order']]


def _copy(value: Any) -> Any:
  if isinstance(value, Mapping):
    return {k: _copy(v) for k, v in value.items()}
  return list(value) if isinstance(value, list | tuple) else value
