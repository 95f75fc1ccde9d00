"""Whether an answer is wrong in its colours or in fine noise: PSNR as it is and blurred.

    python benchmarks/fine_noise.py --data=synthetic runs/zoo/sagan* runs/zoo/pix2pixhd*

Blurred: shrunk to a quarter of the side and enlarged again, and the line art put over it.  A run
whose answers gain by that has the right colours on average, and noise (of an adversary that has not
yet settled) on top.
"""

import argparse

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax import prepare
from onepunch_jax.data import pipeline, vocabulary
from onepunch_jax.metrics.image import psnr
from onepunch_jax.weights.runs import load_for_inference


def measure(workdir: str, data: str):
  """Foreground PSNR, and that of the blurred predictions: means over the drawings of val."""
  method, variables, config = load_for_inference(workdir)
  config.data.update(path=data, unpaired='')
  prepares, key = prepare.make(config.eval_prepare), jax.random.key(0)

  @jax.jit
  def both(batch):
    batch = prepares(batch, key, 0)
    painted = method.colorize(variables, batch, key)
    count, height, width, _ = painted.shape
    small = jax.image.resize(painted, (count, height // 4, width // 4, 3), 'linear')
    blurred = jax.image.resize(small, painted.shape, 'linear')
    under = jnp.minimum(blurred, 0.5 + 0.5 * batch['line'])
    return [psnr(x, batch)[1] for x in (painted, under)]

  found = []
  names = vocabulary.load(workdir)
  for batch in pipeline.evaluation(config.data, 'val', batch_size=20, names=names):
    values = np.array(both(jax.tree.map(jnp.asarray, batch)))
    found.append(values[:, batch['valid'] > 0])
  return np.nanmean(np.concatenate(found, 1), 1)


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--data', default='synthetic')
  parser.add_argument('checkpoints', nargs='+')
  options = parser.parse_args()
  for workdir in options.checkpoints:
    whole, blurred = measure(workdir, options.data)
    print(f'{workdir}: {whole:.2f} dB inside, blurred {blurred:.2f}', flush=True)


if __name__ == '__main__':
  main()
