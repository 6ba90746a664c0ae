"""What models may cost, kept in the store; and no limit for engines without a model."""

from shared.domain.assessment import Assessment
from shared.domain.budget import Budget, month_start
from shared.domain.essay import Usage
from shared.domain.metrics import Metric
from shared.ports.clock import Clock
from shared.ports.metrics import Metrics
from shared.ports.store import Store


class StoredModelBudget:
    def __init__(
        self, budget: Budget, *, model: str, store: Store, clock: Clock, metrics: Metrics
    ) -> None:
        self._budget = budget
        self._model = model
        self._store = store
        self._clock = clock
        self._metrics = metrics

    def ensure_left(self, assessment: Assessment) -> None:
        with self._store.begin() as repositories:
            self._budget.ensure_left(
                prompts=repositories.usage.prompts_of(assessment.id),
                tokens=repositories.usage.tokens_since(month_start(self._clock.now())),
            )

    def charge(self, assessment: Assessment, *, purpose: str, usage: Usage) -> None:
        with self._store.begin() as repositories:
            repositories.usage.record(
                assessment.id,
                purpose=purpose,
                model=self._model,
                usage=usage,
                at=self._clock.now(),
            )
        if usage.total:
            self._metrics.count(
                Metric.TOKENS_USED, usage.total, purpose=purpose, track=assessment.track_id
            )


class UnlimitedModelBudget:
    """For engines that prompt no model."""

    def ensure_left(self, assessment: Assessment) -> None:
        pass

    def charge(self, assessment: Assessment, *, purpose: str, usage: Usage) -> None:
        pass
