"""SCFT (Lee et al. 2020): attention over a reference, learned from warped copies.

    python -m onepunch_jax.main --config=configs/scft.py:data=PATH --workdir=runs/scft
    python -m onepunch_jax.main --config=configs/scft.py:laptop --workdir=runs/scft
    python -m onepunch_jax.colorize --checkpoint=runs/scft --input=page.png --reference=other.png \\
        --output=out.png

The published numbers: 256 px, batch 16, noise of 50 on every colour, the reference always the
warped drawing, Adam 1e-4 and 2e-4 (0.5, 0.999); the warp is that of its ports. Perceptual and style
terms need --config.method.vgg_weights=PATH (torchvision's VGG-19, or a tagger's run).
`:laptop` attends at a quarter of the size and may copy what it finds; where the data has the same
character in another drawing (`synthetic`), that is the reference of nearly all such drawings, and a
tenth of all have none. The report has the predictions with the drawing's own, another's and no
reference (evals/reference).
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg)
  config = common.base()
  config.method = dict(
    name='scft',
    gen=dict(
      name='scft',
      width=16,
      levels=4,
      stride=16,
      channels=0,
      blocks=4,
      copies=False,
      dtype='float32',
      remat=False,
    ),
    disc=dict(
      name='patchgan', width=16, layers=3, norm='none', spectral=True, scales=1, dtype='float32'
    ),
    vgg=dict(name='vgg', depth=19, width=64, dtype='float32'),
    vgg_weights='',
    gan='vanilla',
    lambda_l1=30.0,
    lambda_l2=0.0,
    lambda_adv=1.0,
    lambda_perceptual=0.01,
    lambda_style=50.0,
    lambda_tr=1.0,
    margin=12.0,
  )
  adam = dict(name='adam', b1=0.5, b2=0.999, schedule='constant')
  config.optim = dict(d=dict(adam, lr=2e-4), g=dict(adam, lr=1e-4))
  config.update(dict(steps=200_000, batch_size=16))
  common.reference_data(config)

  if chosen['laptop']:
    config.method.gen.update(dict(stride=4, channels=96, blocks=1, copies=True))
    # so few steps learn the mean colour first, and where to look
    config.method.update(dict(lambda_l2=1000.0, lambda_tr=3.0))
    common.reference_laptop(config)
  if chosen['smoke']:
    config.method.gen.update(dict(width=4, channels=8, blocks=1))
    config.method.disc.update(dict(width=4, layers=1))
  common.apply(config, chosen)
  return config
