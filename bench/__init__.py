"""How fast the functions are, measured inside them. See README.md."""
