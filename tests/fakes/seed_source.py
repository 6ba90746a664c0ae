from shared.domain.errors import InvalidSeedsError
from shared.ports.seed_source import Seed, Seeds
from tests.builders import TRACK, a_credential, a_pool, a_track

ONE_TRACK = Seeds(
    tracks=[Seed(content=a_track(), content_hash="track 1")],
    questions=[
        Seed(content=question, content_hash=f"hash of {question.slug}")
        for question in a_pool(track_id=TRACK)
    ],
    credentials=[
        Seed(content=credential, content_hash=f"hash of {credential.slug}")
        for credential in (a_credential(), a_credential(title="Designing APIs", provider="Example"))
    ],
)
"""The smallest content with which an assessment can be taken."""


class FakeSeedSource:
    """Set `faults` to make the seeds invalid."""

    def __init__(self, seeds: Seeds = ONE_TRACK) -> None:
        self.seeds = seeds
        self.faults: tuple[str, ...] = ()

    def read(self) -> Seeds:
        if self.faults:
            raise InvalidSeedsError(self.faults)
        return self.seeds
