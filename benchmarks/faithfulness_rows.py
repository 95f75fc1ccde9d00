"""The rows of the table of docs/faithfulness.md: each method's nets beside those of its original.

What an original has was counted by running its code at the commit that is named. A method without
an original whose code or nets are public says 'ours'.
"""

import dataclasses
from typing import Any

PEERS, METHODS = 'tests/peers', 'tests/methods'
GANS = f'{PEERS}/test_losses.py::test_adversarial_losses_and_their_gradients'
PENALTIES = f'{PEERS}/test_losses.py::test_gradient_penalties_and_their_gradients'
ZERO_CENTRED = f'{PEERS}/test_losses.py::test_zero_centred_penalty'
STEPS = f'{PEERS}/test_pix2pix.py::test_twenty_training_steps_give_the_same_losses'
HD_LOSSES = (
  f'{METHODS}/test_pix2pixhd.py::test_the_adversarial_term_is_a_sum_over_scales',
  f'{METHODS}/test_pix2pixhd.py::test_feature_matching_by_hand',
)
OURS = 'ours, no original'
JUNYANZ = 'junyanz/pytorch-CycleGAN-and-pix2pix f6101ef'
NVIDIA = 'NVIDIA/pix2pixHD 14b3b3c'
DANIELS = 'WHDaniels/OnePunchGAN ed34def'
TAG2PIX = 'blandocs/Tag2Pix 733d729'
ALACGAN = 'orashi/AlacGAN 07cc481'
ATARI = 'SerialLain3170/Colorization 4b7dc58'
AFANC = 'Afanc/colorizing_things 05a98f0'


@dataclasses.dataclass(frozen=True, eq=False)
class Row:
  """A net of a method.

  Attributes:
    method: its name.
    net: what the net is, in words.
    original: repository and commit that it follows, or OURS.
    theirs: parameters of the original; 0 where there is none to count.
    config: the configuration whose `nets` are counted; `section` and `shapes` come first.
    nets: their names in the method.
    section, shapes: a net by itself, and the shapes of its inputs.
    outputs, losses: tests that compare.
    note: what is still different, and why.
  """

  method: str
  net: str
  original: str
  theirs: int = 0
  config: str = ''
  nets: tuple[str, ...] = ()
  section: dict[str, Any] | None = None
  shapes: tuple[tuple[int, ...], ...] = ()
  outputs: tuple[str, ...] = ()
  losses: tuple[str, ...] = ()
  note: str = ''


ROWS = (
  Row(
    'aae',
    'encoder',
    'Afanc/colorizing_things 3146ed5',
    15_763_422,
    'aae',
    ('enc',),
    losses=(GANS,),
    note='no commit has all of its settings: ours are a mixture; batch norm in the encoder',
  ),
  Row('aae', 'decoder', 'the same', 3_836_864, 'aae', ('dec',), note='norms have a scale'),
  Row(
    'aae',
    'discriminator',
    'the same',
    11_163_520,
    'aae',
    ('disc',),
    note='the first layer has no norm; sees Lab, in their last version ab',
  ),
  Row(
    'adain',
    'generator',
    'ours; the idea: SerialLain3170/adeleine d77db38',
    59_654_787,
    'adain',
    ('gen',),
    note='other nets and losses: ours, after Huang and Belongie 2017',
  ),
  Row(
    'alacgan',
    'generator',
    ALACGAN,
    21_936_003,
    section=dict(name='alacgan'),
    shapes=((1, 512, 512, 1), (1, 128, 128, 4), (1, 32, 32, 512)),
    outputs=(f'{PEERS}/test_alacgan.py::test_generator',),
    losses=(GANS, PENALTIES),
    note="features of a ResNet: illustration2vec's weights are Caffe's",
  ),
  Row(
    'alacgan',
    'critic, 512 px',
    ALACGAN,
    10_612_033,
    section=dict(name='alac_disc'),
    shapes=((1, 512, 512, 3), (1, 32, 32, 512)),
    outputs=(f'{PEERS}/test_alacgan.py::test_critic',),
    losses=(GANS, PENALTIES),
    note='one batch for both players, theirs draws another',
  ),
  Row('anyhint', 'all nets', OURS, config='anyhint'),
  Row(
    'cyclegan',
    'scan generator',
    DANIELS,
    7_986_753,
    'cyclegan',
    ('scan',),
    losses=(GANS,),
    note="norms have a scale and a shift; once against the original's code: output 1e-6, losses of "
    'the first step equal to 5 digits',
  ),
  Row(
    'cyclegan',
    'discriminators',
    DANIELS,
    2_847_748 + 2_849_796,
    'cyclegan',
    ('disc_scan', 'disc_color'),
    losses=(GANS,),
    note='the same; once: output 1e-6',
  ),
  Row(
    'onepiece',
    'U-Net',
    "ours; vaibhav369 649cb05 lacks its notebooks' nets",
    config='onepiece',
    nets=('net',),
    note='the original cannot be reached',
  ),
  Row(
    'onepunch',
    'ColorNet',
    DANIELS,
    71_032_246,
    'onepunch',
    ('enc', 'gen'),
    losses=(GANS,),
    note="attention without biases, once against the original's code: 6e-7 with theirs at 0; "
    'rotation and perspective are one resampling; the discriminator moves first',
  ),
  Row(
    'pix2pix',
    'generator',
    JUNYANZ,
    54_411_907,
    section=dict(name='unet'),
    shapes=((1, 256, 256, 1),),
    outputs=(f'{PEERS}/test_pix2pix.py::test_unet_gives_the_same_outputs_and_gradients',),
    losses=(STEPS,),
    note='two layers without a norm have biases; losses over twenty training steps',
  ),
  Row(
    'pix2pix',
    'discriminator',
    JUNYANZ,
    2_766_657,
    section=dict(name='patchgan'),
    shapes=((1, 256, 256, 1), (1, 256, 256, 3)),
    outputs=(f'{PEERS}/test_pix2pix.py::test_patchgan_gives_the_same_outputs_and_gradients',),
    losses=(STEPS,),
  ),
  Row(
    'pix2pix_gp',
    'generator',
    f'{ATARI}, its idea',
    20_090_963,
    'pix2pix_gp',
    ('gen',),
    losses=(GANS, ZERO_CENTRED),
    note="pix2pix's nets",
  ),
  Row(
    'pix2pix_gp',
    'discriminator',
    f'{ATARI}, its idea',
    12_465_793,
    'pix2pix_gp',
    ('disc',),
    losses=(GANS, ZERO_CENTRED),
    note="pix2pix's; sees the line art too",
  ),
  Row(
    'pix2pixhd',
    'global generator',
    NVIDIA,
    182_436_995,
    'pix2pixhd',
    ('gen',),
    outputs=(f'{PEERS}/test_nets.py::test_pix2pixhd',),
    losses=HD_LOSSES,
    note='no biases before norms, which cannot matter; the input of VGG is standardised',
  ),
  Row(
    'pix2pixhd',
    'enhancer',
    NVIDIA,
    264_835,
    'pix2pixhd_2',
    ('enhancer',),
    outputs=(f'{PEERS}/test_nets.py::test_pix2pixhd',),
    losses=HD_LOSSES,
    note='the same',
  ),
  Row(
    'pix2pixhd',
    'discriminators, two scales',
    NVIDIA,
    5_531_522,
    'pix2pixhd',
    ('disc',),
    losses=HD_LOSSES,
    note='norms have a scale and a shift; their loss is a quarter, which Adam does not feel; in '
    "stage 2 they start afresh; once against the original's code: 6e-6",
  ),
  Row(
    'points',
    'network',
    'richzhang/colorization-pytorch 66a1cb2',
    34_187_027,
    section=dict(name='points'),
    shapes=((1, 64, 64, 4),),
    outputs=(f'{PEERS}/test_points.py::test_colours_and_classes',),
    losses=(f'{METHODS}/test_points.py::test_the_regression_term_is_a_sum_over_a_and_b',),
    note="soft classes of five bins, theirs one; a click's colour is the mean in sRGB, not ab",
  ),
  Row('region_tokens', 'all nets', OURS, config='region_tokens'),
  Row(
    'sagan',
    'generator (VGG-19)',
    AFANC,
    24_479_122,
    section=dict(name='sagan_unet'),
    shapes=((1, 64, 64, 1),),
    outputs=(f'{PEERS}/test_sagan.py::test_generator',),
    losses=(GANS,),
  ),
  Row(
    'sagan',
    'discriminator, colours alone',
    AFANC,
    4_141_890,
    section=dict(name='sa_disc'),
    shapes=((1, 128, 128, 3),),
    outputs=(f'{PEERS}/test_sagan.py::test_discriminator',),
    losses=(GANS,),
    note='by default ours sees the line art too (`conditional=False`: colours alone), as nothing '
    'else ties colours to lines',
  ),
  Row(
    'sagan',
    'shading',
    'Afanc/colorizing_things 0b45821',
    35_139,
    'sagan',
    ('shade',),
    losses=(GANS,),
    note='convolutions of 4x4 without biases, theirs 3x3 with',
  ),
  Row(
    'scft',
    'generator',
    'the paper; a port, Jungjaewon df2d773',
    82_915_283,
    'scft',
    ('gen',),
    losses=(GANS,),
    note='there is no official code: ours follows the paper',
  ),
  Row(
    'style2paints',
    'generator',
    'ours; lllyasviel a0d164d is a server without its nets',
    config='style2paints',
    nets=('gen',),
    note='the original cannot be reached',
  ),
  Row(
    'tag2pix',
    'generator (`secat`), 115 tags',
    TAG2PIX,
    15_809_398,
    section=dict(name='tag2pix'),
    shapes=((1, 256, 256, 1), (1, 115), (1, 32, 32, 512)),
    outputs=(f'{PEERS}/test_tags.py::test_tag2pix_generator',),
    losses=(GANS,),
    note='no rotation by 10 degrees; tags are dropped (ours); its other ablations are ours',
  ),
  Row(
    'tag2pix',
    'discriminator, 485 tags',
    TAG2PIX,
    4_515_558,
    section=dict(name='tag_disc', classes=485),
    shapes=((1, 256, 256, 3),),
    outputs=(f'{PEERS}/test_tags.py::test_tag2pix_discriminator',),
    losses=(GANS,),
  ),
  Row(
    'tag2pix',
    'classifier of lines, its half',
    TAG2PIX,
    1_564_784,
    section=dict(name='resnet', stages=(3, 4), cardinality=32, se=True, grey=True),
    shapes=((1, 64, 64, 3),),
    outputs=(f'{PEERS}/test_tags.py::test_se_resnext',),
  ),
  Row('tagger', 'ResNet-50', OURS, config='tagger', note='it colours nothing'),
  Row(
    'userhint',
    'generator',
    ATARI,
    34_788_147,
    section=dict(name='sacat'),
    shapes=((1, 128, 128, 3), (1, 128, 128, 3), (1, 8, 8, 512)),
    outputs=(f'{PEERS}/test_userhint.py::test_generator',),
    losses=(GANS,),
    note="Chainer's batch norms",
  ),
  Row(
    'userhint',
    'discriminator',
    ATARI,
    14_906_369,
    section=dict(name='hint_disc'),
    shapes=((1, 128, 128, 3), (1, 8, 8, 512)),
    losses=(GANS,),
    note='the last layer is a 3x3 and a mean, theirs a 4x4 and a dense layer for 224 px alone',
  ),
  Row('vaegan', 'all nets', 'ours; a loss of Afanc, no net', config='vaegan'),
  Row(
    'zhang16',
    'classifier, 313 bins',
    'richzhang/colorization 4aa459f',
    32_235_385,
    'zhang16',
    ('net',),
    outputs=(f'{PEERS}/test_nets.py::test_zhang16',),
    losses=(f'{METHODS}/test_zhang16.py::test_the_loss_by_hand',),
    note='norms have a scale and a shift, as in its PyTorch release',
  ),
  Row(
    'zhang16:manga',
    'classifier',
    'LakshyaSingh354 eef7b48',
    24_783_314,
    'zhang16:manga',
    ('net',),
    losses=(f'{METHODS}/test_zhang16.py::test_the_loss_by_hand',),
    note='enlarges by a transposed convolution; no plateau schedule',
  ),
)
