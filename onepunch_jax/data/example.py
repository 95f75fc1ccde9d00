"""tf.train.Example without TensorFlow: the same messages, built in a private protobuf pool.

What this writes, TensorFlow, TFDS and grain read, and the other way round. The pool is private, so
that nothing clashes when TensorFlow is loaded into the same process later.
"""

from __future__ import annotations

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_Field = descriptor_pb2.FieldDescriptorProto


def _message_class():
  file = descriptor_pb2.FileDescriptorProto(
    name='onepunch_jax/example.proto', package='tensorflow', syntax='proto3'
  )

  def values(name, kind, packed):
    field = file.message_type.add(name=name).field.add(
      name='value', number=1, type=kind, label=_Field.LABEL_REPEATED
    )
    if packed:
      field.options.packed = True

  values('BytesList', _Field.TYPE_BYTES, packed=False)
  values('FloatList', _Field.TYPE_FLOAT, packed=True)
  values('Int64List', _Field.TYPE_INT64, packed=True)

  feature = file.message_type.add(name='Feature')
  feature.oneof_decl.add(name='kind')
  for number, name in enumerate(('BytesList', 'FloatList', 'Int64List'), 1):
    feature.field.add(
      name=name.replace('List', '_list').lower(),
      number=number,
      oneof_index=0,
      type=_Field.TYPE_MESSAGE,
      label=_Field.LABEL_OPTIONAL,
      type_name=f'.tensorflow.{name}',
    )

  features = file.message_type.add(name='Features')
  entry = features.nested_type.add(name='FeatureEntry')
  entry.options.map_entry = True
  entry.field.add(name='key', number=1, type=_Field.TYPE_STRING, label=_Field.LABEL_OPTIONAL)
  entry.field.add(
    name='value',
    number=2,
    type=_Field.TYPE_MESSAGE,
    label=_Field.LABEL_OPTIONAL,
    type_name='.tensorflow.Feature',
  )
  features.field.add(
    name='feature',
    number=1,
    type=_Field.TYPE_MESSAGE,
    label=_Field.LABEL_REPEATED,
    type_name='.tensorflow.Features.FeatureEntry',
  )

  file.message_type.add(name='Example').field.add(
    name='features',
    number=1,
    type=_Field.TYPE_MESSAGE,
    label=_Field.LABEL_OPTIONAL,
    type_name='.tensorflow.Features',
  )
  pool = descriptor_pool.DescriptorPool()
  pool.AddSerializedFile(file.SerializeToString())
  return message_factory.GetMessageClass(pool.FindMessageTypeByName('tensorflow.Example'))


Example = _message_class()


def pack(features: dict[str, list[bytes] | list[int] | list[float]]) -> bytes:
  """Features (bytes, ints or floats, in lists) -> the bytes of one Example, always the same."""
  message = Example()
  for name, values in features.items():
    feature = message.features.feature[name]
    if not values or isinstance(values[0], bytes):
      feature.bytes_list.value.extend(values)
    elif isinstance(values[0], float):
      feature.float_list.value.extend(values)
    else:
      feature.int64_list.value.extend(values)
  return message.SerializeToString(deterministic=True)  # else a map has no fixed order


def unpack(data: bytes) -> dict[str, list]:
  """The bytes of one Example -> its features as lists.

  Raises:
    ValueError: if the bytes are not an Example.
  """
  try:
    message = Example.FromString(data)
  except Exception as error:  # DecodeError of whichever protobuf back end is in use
    raise ValueError(f'these {len(data)} bytes are not a protobuf Example ({error})') from None
  out = {}
  for name, feature in message.features.feature.items():
    kind = feature.WhichOneof('kind')
    out[name] = list(getattr(feature, kind).value) if kind else []
  return out
