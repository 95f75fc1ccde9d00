"""style2paints V1 (Zhang, Ji and Lin 2017): the style of a reference as one vector, two guides.

    python -m onepunch_jax.main --config=configs/style2paints.py:data=PATH --workdir=runs/s2p
    python -m onepunch_jax.main --config=configs/style2paints.py:laptop --workdir=runs/s2p

The published numbers: 256 px, batch 4, guides of 0.3 (grey) and 0.9, a middle of 2048 channels,
fc1 of VGG-19 as style (--config.method.vgg_weights=PATH; without, an encoder of its own learns
one).  The weight of L1 is from ports (50 to 150), Adam 2e-4 (0.5).  Training on y's own style is
reported to collapse; so references are bent and tinted as in SCFT.  The paper's own setting:
--config.prepare.reference.strength=0 --config.prepare.reference.jitter=0.
"""

from ml_collections import ConfigDict

from configs import common


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg)
  config = common.base()
  config.method = dict(
    name='style2paints',
    gen=dict(name='style2paints', width=32, middle=2048, blocks=4, norm='batch', dtype='float32'),
    disc=dict(name='style_disc', width=64, layers=5, norm='batch', spectral=False,
              dtype='float32'),
    enc=dict(name='style_enc', size=256, width=32, layers=4, dtype='float32'),
    vgg=dict(name='vgg', depth=19, width=64, head='fc', classes=1000, hidden=4096,
             dtype='float32'),
    vgg_weights='',
    alpha=0.3,
    beta=0.9,
    lambda_l1=100.0,
    lambda_l2=0.0,
    lambda_adv=1.0,
  )  # fmt: skip
  adam = dict(name='adam', lr=2e-4, b1=0.5, b2=0.999, schedule='constant')
  config.optim = dict(d=adam, g=dict(adam))
  config.update(dict(steps=300_000, batch_size=4))
  config.data.load_size = 272
  config.prepare = dict(
    order=('crop', 'flip', 'reference'), crop=dict(size=256), flip=dict(probability=0.5),
    reference=dict(same=0.0, none=0.0, jitter=50.0, jittered=1.0, strength=0.2, spread=0.5),
  )
  common.judge_by_reference(config)

  if chosen['laptop']:
    config.method.gen.update(dict(width=16, middle=256, blocks=2, norm='group'))
    config.method.enc.update(dict(size=64, width=16))
    config.method.disc.update(dict(width=16, layers=4, norm='group'))
    config.method.lambda_l2 = 3000.0  # so few steps learn the mean colour first
    config.optim.g.update(dict(lr=1e-3, schedule='cosine', decay_from=0.0, warmup=50))
    config.data.update(dict(size=64, load_size=68, count=6144, eval_count=198))
    common.mix_references(config)
    config.update(dict(batch_size=16, steps=2000, ema_decay=0.99, eval_every=1000, save_every=500,
                       log_every=25, eval_batch_size=20))
  if chosen['smoke']:
    config.method.gen.update(dict(width=4, middle=8, blocks=1, norm='group'))
    config.method.enc.update(dict(size=4, width=4))
    config.method.disc.update(dict(width=4, layers=2, norm='group'))
  common.apply(config, chosen)
  return config
