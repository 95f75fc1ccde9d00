"""The same preparation on Apache Beam: here, or on Dataflow, Flink or Spark.

Beam decides where and when; `work.write_shard` writes, so the bytes are those of the local runner.
Every Beam worker must see the input and the output under the same paths (a shared file system).
Its own environment, because of its pins: pip install 'onepunch_jax[beam]' in a fresh venv.
"""

from __future__ import annotations

from data_prep import work
from data_prep.plan import Job, Plan


def run(job: Job, plan: Plan, todo: list[int], arguments: tuple[str, ...]) -> None:
  """Writes the shards `todo`; `arguments` are Beam's pipeline options.

  Raises:
    ValueError: if Beam is not installed.
  """
  try:
    import apache_beam
    from apache_beam.options.pipeline_options import PipelineOptions
  except ImportError:
    raise ValueError(
      '--runner=beam needs Apache Beam, in an environment of its own: pip install '
      "'onepunch_jax[beam]'"
    ) from None
  options = PipelineOptions(list(arguments), save_main_session=False)
  with apache_beam.Pipeline(options=options) as pipeline:
    shards = [(i, plan.shard(i)) for i in todo]
    _ = (
      pipeline
      | apache_beam.Create(shards)
      | apache_beam.Reshuffle()
      | apache_beam.Map(_write, job, plan.shards)
    )


def _write(shard: tuple[int, list], job: Job, n: int) -> int:
  i, items = shard
  work.write_shard(job, i, n, items)
  return i
