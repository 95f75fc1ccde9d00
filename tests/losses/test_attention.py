"""Supervised attention, by hand."""

import jax.numpy as jnp
import numpy as np

from onepunch_jax.guides import part_ids
from onepunch_jax.losses import attention


def test_places_should_attend_to_the_tag_of_their_part():
  batch = {'line': jnp.ones((3, 2, 2, 1)), 'nouns': jnp.zeros((3, 256), jnp.uint8)}
  batch['regions'] = jnp.asarray([[[1, 2], [3, 0]]] * 3, jnp.uint8)[..., None]
  batch['nouns'] = batch['nouns'].at[:2, 1:4].set(jnp.asarray([5, 6, 7], jnp.uint8))
  parts = (-1, -1, -1, -1, -1, 0, 1, -1)  # noun 5 is the tags' 0, 6 is 1, 7 has no tag
  nouns = jnp.asarray([[0, 0, 2], [-1, -1, -1], [0, 1, 2]])  # no tag names noun 1
  looked = jnp.asarray([0.3, 0.2, 0.1, 0.4]) * jnp.ones((3, 2, 2, 1))
  part = part_ids.of(batch, parts)
  np.testing.assert_array_equal(part[0], [[0, 1], [-1, -1]])
  found = attention.attention_loss(looked, *attention.right_tags(part, nouns, 4), 4)
  named, unnamed = -np.log(0.5 + attention.EPSILON), -np.log(0.4 + attention.EPSILON)
  small, large = (1 / (share + attention.MIN_AREA) for share in (0.25, 0.75))
  mean = (small * named + 3 * large * unnamed) / (small + 3 * large)  # about as much of each
  np.testing.assert_allclose(found, [mean, 0, 0], rtol=1e-3)


def test_places_should_attend_to_the_reference_cells_of_their_part():
  """A reference of 2 x 2 cells: half the first shows part 0, all the second, half the third."""
  part = jnp.asarray([[[0, 0, 0, 0], [0, -1, 1, -1]]] * 2)
  reference = np.full((2, 4, 4), -1)  # the second has no reference: it does not count
  reference[0, :2, 0], reference[0, :2, 2:], reference[0, 2:, 0], reference[0, 2, 1] = 0, 0, 0, 2
  right, kind = attention.right_cells(part, jnp.asarray(reference), 5, 4)
  np.testing.assert_allclose(right[0, 0, 0], [0.25, 1, 0.25, 0, 0])
  np.testing.assert_allclose(right[0, 1, 2], [0, 0, 0, 0, 1])  # the reference lacks part 1
  np.testing.assert_allclose(right[0, 1, 3], [0.25, 0, 0.0625, 1, 0])  # none of the parts
  np.testing.assert_array_equal(kind, [[[1, 1, 1, 1], [1, 0, 4, 0]], np.full((2, 4), -1)])
  found = attention.attention_loss(jnp.full((2, 2, 4, 5), 0.2), right, kind, 5)
  shares = 1 / (np.array([5, 1, 2]) / 8 + attention.MIN_AREA) * (5, 1, 2)
  want = shares @ -np.log(np.array([0.3, 0.2, 0.2625]) + attention.EPSILON) / shares.sum()
  np.testing.assert_allclose(found, [want, 0], rtol=1e-3)
