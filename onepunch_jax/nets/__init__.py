"""Networks: each module has a `Model`, which a config names by the module; layers are in blocks/.

The nets of methods that run on whole images have a property `multiple`: the sides of an image must
be multiples of it.
"""
