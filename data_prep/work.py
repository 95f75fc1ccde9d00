"""The work: `write_shard` writes one shard, alone and idempotent; `finish` makes them a dataset.

Layout while working: OUTPUT/.work/ holds plan.json (what is being prepared), the staged shards,
one part-*.json for each finished one, and a *.now file with the item that a worker is reading.
`finish` drops near-duplicates, moves the shards into OUTPUT, writes dataset.json last, and removes
.work. Killed anywhere, the same command goes on from what is whole.
"""

from __future__ import annotations

import json
import os
import pathlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterator

from data_prep import duplicates, tagging
from data_prep.plan import Item, Job, Left, Plan
from onepunch_jax.data import records
from onepunch_jax.data.splits import SPLITS


def work_dir(output: str) -> pathlib.Path:
  return pathlib.Path(output) / '.work'


def begin(job: Job, plan: Plan) -> bool:
  """Claim the output for this plan. False: the output is this very dataset, already finished.

  Raises:
    ValueError: if it holds another preparation; the differences are listed.
  """
  mine = {
    'options': job.options(),
    'items': len(plan.items),
    'shards': plan.shards,
    'digest': plan.digest(),
  }
  done = records.is_prepared(job.output)
  file = work_dir(job.output) / 'plan.json'
  there = records.read_info(job.output).get('plan') if done else _read(file)
  if there is not None and there != json.loads(json.dumps(mine)):
    raise ValueError(
      f'{job.output} holds another preparation ({_difference(there, mine)}); choose '
      'another --output, or throw that one away with --restart'
    )
  if not done:
    file.parent.mkdir(parents=True, exist_ok=True)
    _write(file, mine)
  return not done


def restart(output: str) -> None:
  """Removes what a preparation wrote in this directory, and nothing else."""
  if records.is_prepared(output):
    for shard in records.read_info(output)['shards']:
      pathlib.Path(output, os.path.basename(shard['file'])).unlink(missing_ok=True)
    pathlib.Path(output, records.INFO).unlink()
  shutil.rmtree(work_dir(output), ignore_errors=True)


def part_file(output: str, i: int, n: int) -> pathlib.Path:
  return work_dir(output) / f'part-{i:05d}-of-{n:05d}.json'


def write_shard(
  job: Job, i: int, n: int, items: list[Item], tick: Callable[[], None] = lambda: None
) -> None:
  """Shard i of n: reads its items, writes its records, then its part file. Done before: no-op.

  The same job and items give the same bytes, whoever runs this, however often.
  """
  part = part_file(job.output, i, n)
  if part.exists() or records.is_prepared(job.output):
    return
  part.parent.mkdir(parents=True, exist_ok=True)
  now = part.with_suffix('.now')
  crashed = set(_read_lines(work_dir(job.output) / 'crashed.jsonl'))
  files, kept, left, credits, unknown, fields = [], [], [], set(), Counter(), Counter()

  def payloads(split: str) -> Iterator[bytes]:
    for item in items:
      if item.split != split:
        continue
      now.write_text(json.dumps([os.getpid(), item.key]))
      for record in _records(job, item, crashed):
        if isinstance(record, Left):
          left.append([record.rule, record.key, record.reason])
          continue
        record = {**record, 'split': split, 'source': item.source}
        if job.vocabulary:
          record['tags'] = tagging.multi_hot(record.get('tags', []), job.vocabulary, unknown)
        sign = duplicates.sign(record) if job.duplicates >= 0 else ''
        picture = record.get('rgb', record.get('line'))
        fields.update(record.keys())
        credits.add((record.get('license', ''), record.get('credit', '')))
        kept.append([record['key'], split, sign, *picture.shape[:2]])
        yield records.encode(record, rgb=job.rgb)
      tick()

  for split in SPLITS:
    if any(item.split == split for item in items):
      name = f'{split}-{i:05d}-of-{n:05d}.array_record'
      fact = records.write_shard(str(part.parent / name), payloads(split))
      if fact['count']:
        files.append({**fact, 'split': split})
  _write(
    part,
    {
      'files': files,
      'kept': kept,
      'left': left,
      'credits': sorted(credits),
      'unknown': unknown.total(),
      'fields': fields,
    },
  )
  now.unlink(missing_ok=True)


def finish(job: Job, plan: Plan) -> dict:
  """Shards whose parts are all there -> the dataset; returns dataset.json.

  Raises:
    ValueError: if a part is missing.
  """
  output, work = pathlib.Path(job.output), work_dir(job.output)
  parts = [_read(part_file(job.output, i, plan.shards)) for i in range(plan.shards)]
  missing = [i for i, p in enumerate(parts) if p is None]
  if missing:
    raise ValueError(f'{job.output}: shards {missing[:10]} of {plan.shards} are not written yet')
  kept = [k for p in parts for k in p['kept']]
  left = [tuple(entry) for p in parts for entry in p['left']]
  credits = sorted({tuple(c) for p in parts for c in p['credits']} - {('', '')})
  drops = duplicates.find(kept, job.duplicates) if job.duplicates >= 0 else {}
  left += [('duplicate', key, f'hardly differs from {of}') for key, of in sorted(drops.items())]
  shards = [s for p in parts for f in p['files'] if (s := _publish(work, output, f, p, drops))]
  left.sort(key=lambda e: e[1])
  rejected = [Left(*e) for e in left if e[0] == 'unreadable']
  chosen = [Left(*e) for e in left if e[0] != 'unreadable']
  _write_lines(output / 'rejected.jsonl', [{'file': e.key, 'reason': e.reason} for e in rejected])
  _write_lines(output / 'left_out.jsonl', [vars(e) for e in chosen])
  remaining = [k for k in kept if k[0] not in drops]
  info = {
    'version': records.VERSION,
    'command': job.command,
    'tags': list(job.vocabulary),
    **job.recipe.info(),
    'credits': [{'license': c[0], 'credit': c[1]} for c in credits],
    'unknown_tags': sum(p['unknown'] for p in parts),
    'splits': {s: sum(f['count'] for f in shards if f['split'] == s) for s in SPLITS},
    'fields': _fields(parts),
    'sizes': _sizes(remaining),
    'left_out': dict(sorted(Counter(e.rule for e in chosen).items())),
    'rejected': len(rejected),
    'notes': list(plan.notes),
    'plan': {
      'options': job.options(),
      'items': len(plan.items),
      'shards': plan.shards,
      'digest': plan.digest(),
    },
    'shards': shards,
  }
  _write(output / records.INFO, info)
  shutil.rmtree(work, ignore_errors=True)
  return info


def _records(job: Job, item: Item, crashed: set[str]) -> Iterator[dict | Left]:
  if item.key in crashed:
    yield Left(
      'unreadable',
      item.key,
      f'{item.key}: its decoder crashed, or took longer than '
      f'{job.timeout:g} s; the file is damaged or hostile.',
    )
    return
  try:
    yield from job.recipe.records(item)
  except Exception as error:  # one odd file must not stop a night's work
    reason = f'{item.key}: unexpected {type(error).__name__} ({error}); please report this file.'
    yield Left('unreadable', item.key, reason)


def _publish(work, output, fact: dict, part: dict, drops: dict) -> dict | None:
  """Moves one staged shard to its place, without the dropped records; None if nothing is left."""
  staged, final = work / fact['file'], output / fact['file']
  keys = [k[0] for k in part['kept'] if k[1] == fact['split']]
  keep = [key not in drops for key in keys]
  if all(keep):
    if staged.exists():
      os.replace(staged, final)
    return fact
  if not any(keep):
    staged.unlink(missing_ok=True)
    return None
  if staged.exists():
    payloads = [p for p, k in zip(records.read_shard(str(staged)), keep) if k]
    smaller = records.write_shard(str(final), payloads)
    _write(work / f'{fact["file"]}.json', smaller)  # for a finish that is killed and starts again
    staged.unlink()
  return {**_read(work / f'{fact["file"]}.json'), 'split': fact['split']}


def _fields(parts: list[dict]) -> list[str]:
  """What every record has."""
  counts = sum((Counter(p['fields']) for p in parts), Counter())
  return sorted(k for k, n in counts.items() if n == sum(len(p['kept']) for p in parts))


def _sizes(kept: list) -> dict[str, int]:
  sizes = Counter(f'{w}x{h}' for *_, h, w in kept)
  return dict(sizes.most_common(20))


def _difference(there: dict, mine: dict) -> str:
  old, new = there.get('options', {}), json.loads(json.dumps(mine['options']))
  changed = [
    f'{k}: {old.get(k)!r} there, {new.get(k)!r} now'
    for k in sorted({*old, *new})
    if old.get(k) != new.get(k)
  ]
  changed += [
    f'{there.get(k)} {k} there, {mine[k]} now'
    for k in ('items', 'shards')
    if there.get(k) != mine[k]
  ]
  if not changed:
    changed = ['items of other names']
  return '; '.join(changed)


def _read(file: pathlib.Path):
  try:
    return json.loads(file.read_text(encoding='utf-8'))
  except (FileNotFoundError, json.JSONDecodeError):
    return None


def _read_lines(file: pathlib.Path) -> list:
  return [json.loads(x) for x in file.read_text().splitlines()] if file.exists() else []


def _write(file: pathlib.Path, value) -> None:
  tmp = file.with_name(f'{file.name}.tmp.{os.getpid()}')
  tmp.write_text(json.dumps(value, indent=1, ensure_ascii=True) + '\n')
  os.replace(tmp, file)


def _write_lines(file: pathlib.Path, values: list[dict]) -> None:
  tmp = file.with_name(f'{file.name}.tmp.{os.getpid()}')
  tmp.write_text(''.join(json.dumps(v) + '\n' for v in values))
  os.replace(tmp, file)
