"""The launch scripts parse, are clean, and print what they would run."""

import pathlib
import shutil
import subprocess

import pytest

LAUNCH = pathlib.Path(__file__).parents[2] / 'launch'
SCRIPTS = sorted([*LAUNCH.glob('*.sh'), *LAUNCH.glob('*.sbatch')])


def dry(*command, **env):
  out = subprocess.run(
    ['bash', *map(str, command)],
    capture_output=True,
    text=True,
    check=True,
    env={'PATH': '/usr/bin:/bin:/usr/local/bin', **env},
  )
  return out.stdout


@pytest.mark.parametrize('script', SCRIPTS, ids=lambda p: p.name)
def test_scripts_parse(script):
  subprocess.run(['bash', '-n', script], check=True)
  if shutil.which('shellcheck'):
    subprocess.run(['shellcheck', script], check=True)


def test_dry_runs_print_the_command():
  flags = '--config=configs/pix2pix.py', '--workdir=gs://bucket/run'
  local = dry(LAUNCH / 'local.sh', '--processes=3', '--dry-run', '--', *flags).splitlines()
  assert len(local) == 3 and '--process_id=2' in local[2] and flags[1] in local[2]
  tpu = dry(LAUNCH / 'tpu_pod.sh', '--dry-run', 'run', '--', *flags)
  assert '--worker=all' in tpu and flags[1] in tpu
  assert '--spot' in dry(LAUNCH / 'tpu_pod.sh', '--dry-run', '--spot', 'create')
  slurm = dry(LAUNCH / 'slurm.sbatch', *flags, DRY_RUN='1')
  assert slurm.startswith('srun') and flags[0] in slurm


def test_jobsets_are_whole():
  yaml = pytest.importorskip('yaml')
  documents = list(yaml.safe_load_all((LAUNCH / 'k8s_jobset.yaml').read_text()))
  assert [d['kind'] for d in documents] == ['JobSet', 'JobSet']
  for document in documents:
    (host,) = document['spec']['replicatedJobs']
    job = host['template']['spec']
    assert job['completions'] == job['parallelism'] and job['completionMode'] == 'Indexed'
    (container,) = job['template']['spec']['containers']
    assert 'onepunch_jax.main' in container['command']
    values = job['podFailurePolicy']['rules'][0]['onExitCodes']['values']
    assert not {75, 76} & set(values)  # these start again
