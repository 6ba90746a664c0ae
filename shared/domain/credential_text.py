"""The text of a credential that is embedded, and the hash that tells when it has changed."""

import hashlib

from shared.domain.recommendation import Credential


def embedding_text(credential: Credential) -> str:
    """Render title, skills as words, outcomes and description, most telling first."""
    skills = ", ".join(skill.replace("-", " ") for skill in credential.skills)
    return "\n".join((credential.title, skills, *credential.outcomes, credential.description))


def content_hash(text: str) -> str:
    """Return the SHA-256 of the text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
