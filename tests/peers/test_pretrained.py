"""VGG and ResNet against the same nets in plain PyTorch, weights through files: 1e-4."""

import json

import jax
import numpy as np
import pytest

from onepunch_jax import registry
from onepunch_jax.weights import pretrained, torch_file

torch = pytest.importorskip('torch')
from torch import nn  # noqa: E402


def vgg(depth, width=8, hidden=16, classes=5):
  """torchvision's VGG, configuration D or E, scaled down."""
  layers, last = [], 3
  for g, count in enumerate({16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}[depth]):
    for _ in range(count):
      layers += [nn.Conv2d(last, width * min(2**g, 8), 3, padding=1), nn.ReLU()]
      last = width * min(2**g, 8)
    layers += [nn.MaxPool2d(2)]
  net = nn.Sequential()
  net.features, net.avgpool = nn.Sequential(*layers), nn.AdaptiveAvgPool2d(7)
  net.classifier = nn.Sequential(
    nn.Linear(49 * last, hidden),
    nn.ReLU(),
    nn.Dropout(),
    nn.Linear(hidden, hidden),
    nn.ReLU(),
    nn.Dropout(),
    nn.Linear(hidden, classes),
  )
  net.insert = None
  net.forward = lambda x: net.classifier(torch.flatten(net.avgpool(net.features(x)), 1))
  return net.eval()


class Block(nn.Module):
  def __init__(self, last, width, stride):
    super().__init__()
    conv = lambda i, o, k, s=1: nn.Conv2d(i, o, k, s, k // 2, bias=False)
    self.conv1, self.bn1 = conv(last, width, 1), nn.BatchNorm2d(width)
    self.conv2, self.bn2 = conv(width, width, 3, stride), nn.BatchNorm2d(width)
    self.conv3, self.bn3 = conv(width, 4 * width, 1), nn.BatchNorm2d(4 * width)
    self.downsample = None
    if stride > 1 or last != 4 * width:
      self.downsample = nn.Sequential(conv(last, 4 * width, 1, stride), nn.BatchNorm2d(4 * width))

  def forward(self, x):
    y = torch.relu(self.bn1(self.conv1(x)))
    y = self.bn3(self.conv3(torch.relu(self.bn2(self.conv2(y)))))
    return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
  def __init__(self, stages=(3, 4, 6, 3), width=8, classes=5):
    super().__init__()
    self.conv1, self.bn1 = nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width)
    self.maxpool = nn.MaxPool2d(3, 2, 1)
    last = width
    for s, count in enumerate(stages):
      blocks = []
      for i in range(count):
        blocks.append(Block(last, width * 2**s, 2 if s and not i else 1))
        last = width * 2**s * 4
      setattr(self, f'layer{s + 1}', nn.Sequential(*blocks))
    self.fc = nn.Linear(last, classes)

  def forward(self, x):
    x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
    x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
    return self.fc(x.mean((2, 3)))


def shaken(net):
  """Random weights of a size that keeps maps near 1, and statistics that are not 0 and 1."""
  torch.manual_seed(0)
  for p in net.parameters():
    if p.ndim > 1:
      nn.init.kaiming_normal_(p)
    else:
      nn.init.normal_(p, 0.5, 0.1)
  for name, b in net.named_buffers():
    if 'running' in name:
      nn.init.uniform_(b, 0.5, 1.5)
  return net.eval()


def save_safetensors(arrays, path):
  header, data = {'__metadata__': {'format': 'pt'}}, b''
  for name, a in arrays.items():
    kind = {'float32': 'F32', 'int64': 'I64'}[a.dtype.name]
    offsets = [len(data), len(data) + a.nbytes]
    header[name] = {'dtype': kind, 'shape': list(a.shape), 'data_offsets': offsets}
    data += a.tobytes()
  text = json.dumps(header).encode()
  path.write_bytes(len(text).to_bytes(8, 'little') + text + data)


def both(net, module, path):
  """The outputs of both nets for one picture; ours has its weights from `path`."""
  params, stats = pretrained.load(str(path), module)
  x = np.random.default_rng(0).uniform(-1, 1, (2, 64, 48, 3)).astype(np.float32)
  ours = jax.jit(lambda x: module.apply({'params': params, **stats}, x, train=False))(x)
  mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
  theirs = torch.from_numpy(((0.5 + 0.5 * x - mean) / std).transpose(0, 3, 1, 2)).float()
  return ours, theirs


@pytest.mark.parametrize('zipped', [True, False])
@pytest.mark.parametrize('depth', [16, 19])
def test_vgg_from_pth(depth, zipped, tmp_path):
  net = shaken(vgg(depth))
  path = tmp_path / 'vgg.pth'
  torch.save(net.state_dict(), path, _use_new_zipfile_serialization=zipped)
  module = registry.net(dict(name='vgg', depth=depth, width=8, head='fc', hidden=16, classes=5))
  (logits, maps), x = both(net, module, path)
  with torch.no_grad():
    expected = net.forward(x).numpy()
    third = net.features[:12](x).numpy()  # to the first ReLU of group 3
    third = third.transpose(0, 2, 3, 1)
  np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())
  np.testing.assert_allclose(maps['relu3_1'], third, rtol=1e-4, atol=1e-4)


def test_resnet_from_pth_and_safetensors(tmp_path):
  net = shaken(ResNet())
  module = registry.net(dict(name='resnet', width=8, classes=5))
  torch.save({'state_dict': net.state_dict()}, tmp_path / 'resnet.pth')
  save_safetensors(
    {k: v.numpy() for k, v in net.state_dict().items()}, tmp_path / 'resnet.safetensors'
  )
  for file in ('resnet.pth', 'resnet.safetensors'):
    (logits, taps), x = both(net, module, tmp_path / file)
    with torch.no_grad():
      expected = net(x).numpy()
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())
    assert [t.shape[-1] for t in taps] == [8, 32, 64, 128, 256]


def test_refusals(tmp_path):
  module = registry.net(dict(name='vgg', depth=16, width=8))
  with pytest.raises(ValueError, match='no weight file'):
    pretrained.load(str(tmp_path / 'none.pth'), module)
  torch.save(shaken(vgg(16, width=4)).state_dict(), tmp_path / 'small.pth')
  with pytest.raises(ValueError, match=r'conv1_1.*this net wants'):
    pretrained.load(str(tmp_path / 'small.pth'), module)
  with pytest.raises(ValueError, match='no weights of torchvision'):
    pretrained.load(str(tmp_path / 'small.pth'), registry.net(dict(name='resnet', width=8)))
  (tmp_path / 'cut.pth').write_bytes((tmp_path / 'small.pth').read_bytes()[:500])
  with pytest.raises(ValueError, match='no readable state dict'):
    torch_file.read(str(tmp_path / 'cut.pth'))


def test_a_pickle_cannot_run_anything(tmp_path):
  class Evil:
    def __reduce__(self):
      return print, ('ran',)

  for zipped in (True, False):
    torch.save(
      {'w': torch.zeros(2), 'x': Evil()},
      tmp_path / 'evil.pth',
      _use_new_zipfile_serialization=zipped,
    )
    with pytest.raises(ValueError, match='print'):
      torch_file.read(str(tmp_path / 'evil.pth'))
