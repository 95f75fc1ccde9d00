"""A tagger: tags from colours or line art, by a ResNet-50 or a VGG; for synthetic or tagged
records.

    python -m onepunch_jax.main --config=configs/tagger.py --workdir=runs/tagger
    python -m onepunch_jax.main --config=configs/tagger.py:laptop --workdir=runs/tagger
    python -m onepunch_jax.main --config=configs/tagger.py:vgg,laptop --workdir=runs/tagger_vgg
    python -m onepunch_jax.main --config=configs/tagger.py:cit,laptop --workdir=runs/cit

What other methods take from here: pix2pixHD's perceptual term a VGG, by
--config.method.vgg_weights=runs/tagger_vgg and the same width; OnePunchGAN's encoder the ResNet, by
config.init_from; Tag2Pix's features of what is drawn (`:cit`, SE-ResNeXt-50 on line art) by
--config.method.cit_weights=runs/cit and the same sizes of the net.
`--config.method.source=line` learns from line art, `either` from both. For records: their tags are
multi-hot (data_prep with --tags), and data=PATH has how many there are.
The report has the label ranking average precision beside always guessing each tag's frequency.
"""

from ml_collections import ConfigDict

from onepunch_jax.configs import common

OPTIONS = {
  'vgg': 'a VGG-19, for perceptual losses',
  'cit': "an SE-ResNeXt-50 on line art, for Tag2Pix's features",
}


def get_config(arg: str | None = None) -> ConfigDict:
  chosen = common.options(arg, OPTIONS)
  vgg = chosen['vgg']
  cit = chosen['cit']
  config, names = common.base(), common.tag_names(chosen)
  config.method = dict(
    name='tagger',
    net=dict(
      name='resnet',
      stages=(3, 4, 6, 3),
      width=64,
      classes=len(names),
      norm='batch',
      dtype='float32',
      remat=False,
    ),
    source='rgb',
  )
  config.optim = dict(
    net=dict(
      name='adamw', lr=1e-3, weight_decay=1e-4, schedule='cosine', decay_from=0.0, warmup=500
    )
  )
  if vgg:
    config.method.net = dict(
      name='vgg', depth=19, width=64, head='mean', classes=len(names), dtype='float32'
    )
    config.optim.net.lr = 2e-4
  if cit:
    config.method.source = 'line'
    config.method.net.update(dict(cardinality=32, se=True, grey=True))
  config.update(dict(steps=100_000, batch_size=64, best='val/model/lrap'))
  config.data.update(
    dict(train_keys=('line', 'rgb', 'tags'), eval_keys=(), size=224, load_size=256, tags=len(names))
  )
  config.prepare = dict(order=('crop', 'flip'), crop=dict(size=224), flip=dict(probability=0.5))
  del config.evals['image']
  config.evals.method_metrics = dict()

  if chosen['laptop']:
    config.method.net.width = 16
    if cit:
      config.method.net.update(dict(stages=(1, 1, 1), cardinality=4))
    elif not vgg:
      config.method.net.stages = (2, 2, 2, 2)
    config.optim.net.warmup = 50
    common.laptop(config, size=96, load_size=104, count=8192, eval_count=200)
  if chosen['smoke']:
    config.method.net.width = 4
    if not vgg:
      config.method.net.stages = (1, 1)
  common.apply(config, chosen)
  return config
