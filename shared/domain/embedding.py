"""What all embeddings of this deployment have in common."""

from typing import Final

DIMENSIONS: Final = 256
"""Length of every vector: what the bundled model gives, and what OpenAI's are shortened to."""
