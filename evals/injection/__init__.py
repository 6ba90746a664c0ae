"""How many hostile essays the injection detector catches, and how many honest ones it flags."""
