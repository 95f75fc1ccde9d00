"""AlacGAN (Ci et al. 2018): ResNeXt tunnels, a quarter-size map of hints, WGAN-GP.

    python -m onepunch_jax.main --config=configs/alacgan.py:data=PATH --workdir=runs/alacgan
    python -m onepunch_jax.main --config=configs/alacgan.py:laptop --workdir=runs/alacgan

The released numbers (orashi/AlacGAN 07cc481): 512 px crops, batch 4, Adam 1e-4 (0.5, 0.9), a tenth
of it from step 125,000 on, end at 250,000; line art x to x r + 1 - r with r in [0.7, 1]; gradients
of norm 1 at each pixel (`:laptop`, whose adversary would win, has --config.method.gp_over=picture).
The content term compares relu2_2 of VGG-16 (--config.method.vgg_weights=PATH); without weights it
is squared error. Features of the line art need --config.method.enc_weights=PATH: a ResNet-50 of
torchvision, or a tagger's run, in place of illustration2vec.
--config.method.propagate_hints=True (ours) propagates hints over the drawing, for the input and,
where they are near, for the prediction; `:laptop` does: 14.1, 16.2 and 18.7 dB foreground PSNR with
0, 10 and 50 points on synthetic drawings (with the nets of version 0.1). A map of 512 px has 16384
cells, of which 0.4 % show their colours. At 64 px there are 256: `:laptop` widens the threshold, so
that 5 % of cells do, 13 of them.
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg)
  config = common.base()
  config.method = dict(
    name='alacgan',
    gen=dict(
      name='alacgan', width=64, tunnels=(20, 8, 8, 5), cardinality=32, dtype='float32', remat=False
    ),
    disc=dict(name='alac_disc', width=64, cardinality=8, pairs=3, dtype='float32'),
    vgg=dict(name='vgg', depth=16, width=64, dtype='float32'),
    vgg_weights='',
    enc=dict(
      name='resnet', stages=(3, 4, 6, 3), width=64, classes=0, norm='batch', dtype='float32'
    ),
    enc_weights='',
    lambda_content=1.0,
    lambda_l2=1.0,
    lambda_adv=1e-4,
    lambda_gp=10.0,
    lambda_drift=1e-3,
    gp_over='pixel',
    propagate_hints=False,
  )
  adam = dict(name='adam', lr=1e-4, b1=0.5, b2=0.9, schedule='step', drop_at=(0.5,), drop_to=0.1)
  config.optim = dict(d=adam, g=dict(adam))
  config.update(dict(steps=250_000, batch_size=4))
  config.data.update(dict(size=512, load_size=560))
  config.prepare = dict(
    order=('crop', 'flip', 'patches', 'pale_lines'),
    pale_lines=dict(low=0.7, high=1.0),
    crop=dict(size=512),
    flip=dict(probability=0.5),
    patches=dict(ratio=4, sigma=0.005, empty=0.5, area=(0.9, 1.0), aspect=(7 / 8, 8 / 7)),
  )
  common.evaluate_hints(config)

  if chosen['laptop']:
    config.method.propagate_hints = not chosen['zoo']
    config.method.gp_over = 'picture'  # without VGG's weights the adversary must be weak
    config.prepare.order = ('crop', 'flip', 'patches')
    config.method.gen.update(dict(width=16, tunnels=(2, 2, 2, 1), cardinality=4))
    config.method.disc.update(dict(width=12, cardinality=2, pairs=1))
    config.optim.g.update(dict(lr=1e-3, b2=0.99, schedule='cosine', decay_from=0.0))
    config.prepare.patches.sigma = 0.0625
    common.laptop(config, count=6144, eval_every=1000)
  if chosen['smoke']:
    config.method.gen.update(dict(width=4, tunnels=(1, 1, 1, 1)))
    config.method.disc.update(dict(width=4, pairs=1))
  common.apply(config, chosen)
  return config
