"""The packages that open art is read from: pinned, checked by SHA-256, read without unpacking."""

import dataclasses
import functools
import hashlib
import io
import os
import tarfile
import urllib.request
import zipfile
from collections.abc import Mapping

MAX_BYTES = 2**26  # of a package, and of what one file in it unpacks to


@dataclasses.dataclass(frozen=True)
class Package:
  """One pinned file of a public registry.

  Attributes:
    file: its name.
    url: where it is.
    sha256: of its content.
    license: of what is read of it, as its own files say.
    license_file: the file in it that was read for that.
    says: words of that file.
  """

  file: str
  url: str
  sha256: str
  license: str
  license_file: str
  says: str


PACKAGES = {
  'dicebear': Package(
    'dicebear_styles-10.6.0-py3-none-any.whl',
    'https://files.pythonhosted.org/packages/57/cf/'
    '81750afd1827590a05ef871b7e93cf52f28256d3e1f6fba9ee3d50a308fc/'
    'dicebear_styles-10.6.0-py3-none-any.whl',
    '5a5b0b9c534d133fa06f1dd29f280139995965b32b08c5635a69cc6afc30930d',
    'by style: CC BY 4.0 or CC0 1.0',
    'dicebear_styles-10.6.0.dist-info/licenses/LICENSE.md',
    'Each style has its own license',
  ),
  'facesjs': Package(
    'facesjs-5.0.3.tgz',
    'https://registry.npmjs.org/facesjs/-/facesjs-5.0.3.tgz',
    '5dcd38542f674a7df9d85dae2bade41dc99bdb317f6f723f1b4923aa0d0e4dda',
    'Apache-2.0',
    'package/LICENSE',
    'Licensed under the Apache License, Version 2.0',
  ),
  'icon-park': Package(
    'icon-park-svg-1.4.2.tgz',
    'https://registry.npmjs.org/@icon-park/svg/-/svg-1.4.2.tgz',
    'fbd548c2d6c3830a56828c9cf09787d61ce2a74a4f398919059e111de17c504b',
    'Apache-2.0',
    'package/LICENSE',
    'Apache License',
  ),
  'comicgen': Package(
    'comicgen-1.9.9.tgz',
    'https://registry.npmjs.org/comicgen/-/comicgen-1.9.9.tgz',
    '649779b0754ba784216c7cafc41ff30403702585ebf935d36ac6893bf946b954',
    'MIT',
    'package/LICENSE',
    'Copyright 2019 Gramener Permission is hereby granted, free of charge',
  ),
}


def fetch(folder: str) -> None:
  """Puts every package that is not there yet into a folder.

  Raises:
    ValueError: one cannot be had, or is not what it was.
  """
  os.makedirs(folder, exist_ok=True)
  for package in PACKAGES.values():
    path = os.path.join(folder, package.file)
    if os.path.exists(path):
      continue
    try:
      with urllib.request.urlopen(package.url, timeout=60) as answer:
        data = answer.read(MAX_BYTES + 1)
    except OSError as error:
      raise ValueError(
        f'{package.url} cannot be downloaded ({error}); get the file by other means, put it into '
        f'a folder, and name that with --source'
      ) from None
    _check(package, data, package.url)
    with open(f'{path}.tmp', 'wb') as file:
      file.write(data)
    os.replace(f'{path}.tmp', path)


@functools.lru_cache(maxsize=4)
def read(folder: str, name: str) -> Mapping[str, bytes]:
  """The files of a package by their paths in it.

  Args:
    folder: where the package is.
    name: of PACKAGES.

  Raises:
    ValueError: it is missing, it is not the pinned one, or its licence file says something else.
  """
  package = PACKAGES[name]
  path = os.path.join(folder, package.file)
  try:
    with open(path, 'rb') as file:
      data = file.read(MAX_BYTES + 1)
  except OSError:
    raise ValueError(
      f'{path} is missing: leave out --source to download it from {package.url}'
    ) from None
  _check(package, data, path)
  files = _unzip(data) if path.endswith('.whl') else _untar(data)
  licence = ' '.join(files.get(package.license_file, b'').decode('utf-8', 'replace').split())
  if package.says not in licence:
    raise ValueError(
      f'{path}: {package.license_file} does not say {package.says!r}; read its licence anew'
    )
  return files


def _check(package: Package, data: bytes, where: str) -> None:
  digest = hashlib.sha256(data).hexdigest()
  if digest != package.sha256:
    raise ValueError(
      f'{where}: its SHA-256 is {digest}, not {package.sha256}; it is damaged or another version'
    )


def _unzip(data: bytes) -> dict[str, bytes]:
  with zipfile.ZipFile(io.BytesIO(data)) as archive:
    names = [i for i in archive.infolist() if not i.is_dir() and i.file_size <= MAX_BYTES]
    return {i.filename: archive.read(i) for i in names}


def _untar(data: bytes) -> dict[str, bytes]:
  with tarfile.open(fileobj=io.BytesIO(data), mode='r:gz') as archive:
    members = [m for m in archive.getmembers() if m.isfile() and m.size <= MAX_BYTES]
    return {m.name: archive.extractfile(m).read() for m in members}
