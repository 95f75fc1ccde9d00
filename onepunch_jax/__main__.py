"""`python -m onepunch_jax COMMAND` is the `onepunch` command."""

from onepunch_jax.cli import main

main()
