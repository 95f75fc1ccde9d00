"""The One-Piece colorizer (vaibhav369/image-colorization 2019): grey pages to RGB by MSE at 512 px.

    python -m onepunch_jax.main --config=configs/onepiece.py:data=PATH --workdir=runs/onepiece
    python -m onepunch_jax.main --config=configs/onepiece.py:laptop --workdir=runs/onepiece
    python -m onepunch_jax.main --config=configs/onepiece.py:gan,laptop --workdir=runs/onepiece_gan

PATH holds coloured pages; the grey input is made from them (prepare/grey, BT.601 luma, as in the
published pairs), in evaluation too. `:line` trains and evaluates on the data's line art instead.
`:gan` adds pix2pix's discriminator, the author's stated next step. Published: MSE, 512 px,
letter-boxed. Ours, since nothing more was published: U-Net 64-128-256-512-512, Adam 1e-3, batch
4; MSE x 100 beside the GAN; the letter-box is white and in no loss (theirs came out mid-grey).
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common

OPTIONS = {
  'gan': "adds pix2pix's discriminator",
  'line': "reads the data's line art, not grey pages",
}


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg, OPTIONS)
  gan = chosen['gan']
  line = chosen['line']
  config = common.base()
  config.method = dict(
    name='onepiece',
    net=dict(
      name='double_conv',
      widths=(64, 128, 256, 512, 512),
      norm='batch',
      dtype='float32',
      remat=False,
    ),
    disc=None,
    lambda_mse=1.0,
    gan='vanilla',
    lambda_adv=1.0,
    lambda_gp=0.0,
    lambda_r1=0.0,
    lambda_r2=0.0,
    lambda_drift=0.0,
  )
  config.optim = dict(g=dict(name='adam', lr=1e-3, schedule='cosine', decay_from=0.0))
  if gan:
    config.method.disc = dict(
      name='patchgan',
      width=64,
      layers=3,
      norm='instance',
      spectral=False,
      scales=1,
      dtype='float32',
    )
    config.method.lambda_mse = 100.0
    adam = dict(name='adam', lr=2e-4, b1=0.5, b2=0.999, schedule='linear', decay_from=0.5)
    config.optim = dict(d=adam, g=dict(adam))
  config.update(dict(steps=40_000, batch_size=4))
  config.data.update(dict(size=512, load_size=512, train_keys=('rgb', 'mask')))
  config.prepare = dict(order=('flip', 'grey'), flip=dict(probability=0.5), grey=dict(kind='luma'))
  config.eval_prepare = dict(order=('grey',), grey=dict(kind='luma'))
  if line:
    config.data.train_keys = ('line', 'rgb', 'mask')
    config.prepare = dict(order=('flip',), flip=dict(probability=0.5))
    config.eval_prepare = dict(order=())
  config.evals.samples.captions = ('Input', 'Label', 'Predicted')

  if chosen['laptop']:
    config.method.net.widths = (32, 64, 128, 128, 128)
    if gan:
      config.method.disc.update(dict(width=32, layers=2))
    common.laptop(
      config, size=128, load_size=128, batch_size=8, steps=1000, eval_every=250, save_every=250
    )
  if chosen['smoke']:
    config.method.net.widths = (8, 8)
    if gan:
      config.method.disc.update(dict(width=8, layers=1))
  common.apply(config, chosen)
  return config
