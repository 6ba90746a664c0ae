from shared.domain.errors import NotFoundError
from shared.domain.recommendation import RecommendationId
from shared.domain.verdict import ItemVerdict, VerdictId, Verdicts
from tests.fakes.store.state import State


class FakeVerdictRepository:
    def __init__(self, state: State) -> None:
        self._verdicts = state.verdicts

    def add(self, verdict: ItemVerdict) -> None:
        if any(_place(v) == _place(verdict) for v in self._verdicts.values()):
            raise ValueError(f"there is a revision {verdict.revision} of this verdict")
        self._verdicts[verdict.id] = verdict

    def get(self, verdict_id: VerdictId) -> ItemVerdict:
        if verdict_id not in self._verdicts:
            raise NotFoundError(f"no verdict {verdict_id}")
        return self._verdicts[verdict_id]

    def newest(self, recommendation_id: RecommendationId) -> Verdicts:
        theirs = [v for v in self._verdicts.values() if v.recommendation_id == recommendation_id]
        return {v.credential_id: v for v in sorted(theirs, key=lambda v: v.revision)}


def _place(verdict: ItemVerdict) -> tuple[str, str, int]:
    return verdict.recommendation_id, verdict.credential_id, verdict.revision
