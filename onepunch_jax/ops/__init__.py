"""Colour and image maths in pure jnp: no module here knows of methods, nets or data."""
