"""Install onepunch_jax; every dependency beyond the JAX stack says why it is here."""

from setuptools import find_packages, setup

REQUIRED = [
  'jax>=0.10,<0.12',  # 0.10 is the last for Python 3.11
  'flax>=0.12',
  'optax>=0.2.5',
  'orbax-checkpoint>=0.11',
  'grain>=0.2.15',
  'ml-collections>=1.1',
  'tensorflow-cpu>=2.20; platform_system != "Darwin"',  # SavedModel export only; no macOS wheel
  'pillow>=12',
  'absl-py>=2.1',
  'numpy>=2.0',
  'array-record>=0.8; sys_platform != "win32"',  # the record shards; no Windows wheel
  'protobuf>=5.28',  # records are protobuf Examples, read and written without TensorFlow
  'zlib-ng>=0.5',  # PNG records: 2.5 times faster than Pillow's zlib
  'simplejpeg>=1.8',  # JPEG records: 1.5 times faster than Pillow
  'tensorboardX>=2.6',  # TensorBoard files without TensorFlow
  'tqdm>=4.66',  # the progress bar
  'dm-pix>=0.4',  # SSIM
  'flatbuffers>=24',  # jax.export writes StableHLO files with it
  'opencv-python-headless>=4.11',  # rasterises `synthetic`; wheels without system libraries
]
TEST = [
  'pytest>=8',
  'pytest-xdist>=3.6',  # most of a test's time is tracing, in one Python thread
  'ruff>=0.6',
  'hypothesis>=6.100',  # property tests
  'scikit-image>=0.24',  # reference values of colours and filters
  'httpx>=0.27',
  'pypdfium2>=4.30',
  'psd-tools>=1.10',
]

setup(
  name='onepunch_jax',
  version='0.1.0',
  description='Line-art colorization in JAX: train a colorizer, colour a page.',
  long_description=open('README.md', encoding='utf-8').read(),
  long_description_content_type='text/markdown',
  license='Apache-2.0',
  python_requires='>=3.11',
  packages=find_packages(include=['onepunch_jax*', 'configs*', 'launch*', 'data_prep*']),
  package_data={'onepunch_jax': ['weights/*.npz']},  # the net that closes gaps in lines
  install_requires=REQUIRED,
  extras_require={
    'test': TEST,
    'pages': ['pypdfium2>=4.30', 'psd-tools>=1.10'],  # PDF books; Photoshop layers
    'prep': ['httpx>=0.27'],  # the downloader
    'beam': ['apache-beam>=2.60'],  # an environment of its own: it pins pillow<13, protobuf<7
    'optuna': ['optuna>=4'],  # launch/search.py: sweeps that learn where to look
    'peers': ['torch>=2.4'],  # the same nets in PyTorch: parity tests and benchmarks
  },
)
