"""Zhang, Isola and Efros 2016: grey pages to 313 classes of colour, rebalanced.

    python -m onepunch_jax.main --config=configs/zhang16.py:data=PATH --workdir=runs/zhang16
    python -m onepunch_jax.main --config=configs/zhang16.py:laptop --workdir=runs/zhang16
    python -m onepunch_jax.main --config=configs/zhang16.py:line,laptop --workdir=runs/zhang16_line

By default the input is the grey page made from the colours (prepare/grey, the exact L), and L is
kept. `:line` reads the data's line art and predicts L too. `:manga` is Manga-Colouring's setting
(2024) without its mistakes: a narrower net, SGD, 256 px, batch 64, for bins found in the data:

    python -m data_prep.ab_bins --data=PATH --most=274 --output=bins.npz
    ... --config=configs/zhang16.py:manga,data=PATH --config.method.bins=bins.npz

The report has Zhang's AuC (evals/auc), and Manga-Colouring's mse, mae and psnr of probability maps
beside a predictor of zeros, of a uniform map and of the prior. Released settings
(richzhang/colorization, train files 4aa459f): 176 px crops of 256, batch 40, Adam 3e-5 (0.9, 0.99),
a tenth of it at 225 000 and again at 450 000 of 500 000 steps; weight decay 1e-3 beside a loss that
is summed over 44 x 44 places; 10 neighbours (paper: 5).
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common

OPTIONS = {
  'line': "reads the data's line art, and predicts L too",
  'manga': "Manga-Colouring's narrower net, SGD, 256 px",
}


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg, OPTIONS)
  line = chosen['line']
  manga = chosen['manga']
  config = common.base()
  config.method = dict(
    name='zhang16',
    net=dict(name='zhang16', width=64, tail=(8, 4), norm='batch', dtype='float32'),
    bins='gamut',
    neighbours=10,
    sigma=5.0,
    rebalance=0.5,
    temperature=0.38,
    lightness='predicted' if line else 'input',
    lambda_l=10.0,
    drop_grey=5.0,
  )
  # Their loss sums over the 44 x 44 places of a 176 px crop, ours is the mean: so decays theirs.
  config.optim = dict(
    net=dict(
      name='adam',
      lr=3e-5,
      b1=0.9,
      b2=0.99,
      weight_decay=1e-3 / 44**2,
      schedule='step',
      drop_at=(0.45, 0.9),
      drop_to=0.1,
    )
  )
  config.update(dict(steps=500_000, batch_size=40))
  config.data.update(dict(size=176, load_size=256))
  config.data.train_keys = ('line', 'rgb') if line else ('rgb',)
  steps = ('crop', 'flip') if line else ('crop', 'flip', 'grey')
  config.prepare = dict(
    order=steps, crop=dict(size=176), flip=dict(probability=0.5), grey=dict(kind='lightness')
  )
  config.eval_prepare = dict(order=() if line else ('grey',), grey=dict(kind='lightness'))
  config.evals.auc = dict()
  config.evals.method_metrics = dict()
  if manga:
    config.method.net.tail = (4, 2)
    config.method.neighbours = 5
    # Keras' l2(1e-3) is 1e-3 w^2 of the kernels, so its gradient is 2e-3 w.
    config.optim.net = dict(
      name='sgd',
      lr=1e-3,
      b1=0.9,
      nesterov=True,
      weight_decay=2e-3,
      decay_biases=False,
      clip=5.0,
    )
    config.batch_size = 64
    config.data.update(dict(size=256, load_size=256))
    config.prepare.order = steps[1:]

  if chosen['laptop']:
    config.method.net.width = 16
    config.optim.net = dict(
      name='adam', lr=1e-3, b1=0.9, b2=0.99, schedule='cosine', decay_from=0.0
    )
    common.laptop(config, size=128, load_size=136, batch_size=8, steps=1500)
  if chosen['smoke']:
    config.method.net.update(dict(width=4, tail=(2, 2)))
  common.apply(config, chosen)
  return config
