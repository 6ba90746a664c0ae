"""Students who go all the way by the real use cases on PostgreSQL, engines and all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from shared.adapters.offline_embedder import OfflineEmbedder
from shared.adapters.offline_essay_scorer import OfflineEssayScorer
from shared.adapters.postgres.store import PostgresStore
from shared.domain.assessment import Answer, AssessmentId
from shared.domain.consent import AiScoring
from shared.domain.idempotency import IdempotencyKey
from shared.domain.job import Job, JobKind
from shared.domain.level import Level
from shared.domain.question import CriterionName, Question, QuestionId, QuestionType
from shared.domain.review import OverriddenMark, Review
from shared.domain.user import Caller, Role, SessionId
from shared.ports.essay_scorer import SecondReader
from shared.ports.job_work import JobResult
from shared.usecases.decide_ai_scoring import decide_ai_scoring
from shared.usecases.erase_user import ErasedUser, erase_user
from shared.usecases.finish_assessment import finish_assessment
from shared.usecases.fuse_results import fuse_results
from shared.usecases.give_feedback import give_feedback
from shared.usecases.give_verdict import give_verdict
from shared.usecases.lease_review import lease_review
from shared.usecases.list_reviews import list_reviews
from shared.usecases.log_in import log_in
from shared.usecases.override_score import override_score
from shared.usecases.publish_events import publish_events
from shared.usecases.register_user import register_user
from shared.usecases.retrieve_credentials import retrieve_credentials
from shared.usecases.run_job import run_job
from shared.usecases.save_responses import GivenAnswer, save_responses
from shared.usecases.score_essay import score_essay
from shared.usecases.set_accommodations import set_accommodations
from shared.usecases.start_assessment import start_assessment
from shared.usecases.submit_assessment import submit_assessment
from tests.builders import (
    MORE_TIME,
    TRACK,
    a_credential,
    a_profile_question,
    a_rating,
    a_theoretical_question,
    a_track,
    a_user,
    an_essay_question,
    an_id,
)
from tests.embeddings import put_embedding
from tests.fakes.essay_scorer import FakeEssayScorer
from tests.fakes.wiring import FakeWiring
from tests.integration.stored import put_credentials, put_questions
from tests.scanning import sentences

REASON: Final = "Her certificate of dyscalculia lies with Doctor Quarkenbrück."
OPINION: Final = "Transactions again, though I asked for beekeeping and nothing else."
REMARK: Final = "She writes like her grandmother and should read about ledgers first."
ESSAY: Final = (
    'When my grandmother Zsófia kept the "ledger", she crossed out both lines or none at all.\n'
    "So is a transaction to me: whatever it writes is atomic, as her two lines always were."
)
WISH: Final = "I would like to build a beekeeping diary for the village of Unterammergau."


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    caller: Caller
    assessment_id: AssessmentId
    needles: frozenset[str]
    """What they are called and every piece of what they said, and of what staff said of them."""
    opinion: str
    remark: str


class Life:
    """What students do here, one after the other."""

    def __init__(self, store: PostgresStore) -> None:
        self.store = store
        self.world = FakeWiring()
        self.numbers = count(1)
        with store.begin() as repositories:
            repositories.tracks.put(a_track(), content_hash="1")
            put_questions(
                repositories,
                *(a_theoretical_question() for _ in range(3)),
                *(an_essay_question() for _ in range(3)),
                *(a_profile_question() for _ in range(3)),
                a_profile_question(free_text=True),
            )
            credential = a_credential()
            put_credentials(repositories, credential)
            query = "Backend Engineer, intermediate level. Learn transactions."
            [vector] = self.world.embedder.embed([query])
            put_embedding(repositories, credential, vector)

    def begin(
        self,
        name: str,
        email: str,
        *,
        essay: str,
        wish: str,
        reason: str,
        opinion: str,
        remark: str,
    ) -> Somebody:
        """Register, log in, get more time, start and answer."""
        world, number = self.world, next(self.numbers)
        user, _ = register_user(
            email,
            "correct horse battery",
            name,
            idempotency=self._key(email),
            store=self.store,
            hasher=world.hasher,
            ids=world.ids,
            clock=world.clock,
        )
        _, session = log_in(
            email,
            "correct horse battery",
            store=self.store,
            hasher=world.hasher,
            ids=world.ids,
            clock=world.clock,
        )
        caller = Caller(user_id=user.id, session_id=session.id, role=Role.STUDENT)
        self.accommodate(caller, reason)
        started = start_assessment(
            TRACK,
            Level.INTERMEDIATE,
            caller,
            ai_scoring=AiScoring.CONSENTED,
            idempotency=self._key(user.id, f"start of {name}"),
            store=self.store,
            ids=world.ids,
            clock=world.clock,
        )
        texts = {
            s.question.id: f"{wish} {s.position}" if s.question.free_text else f"{essay} {number}"
            for s in started.snapshots
        }
        save_responses(
            started.assessment.id,
            [
                GivenAnswer(
                    question_id=s.question.id,
                    answer=_answer(s.question, texts[s.question.id]),
                    pointer="",
                )
                for s in started.snapshots
            ],
            caller,
            store=self.store,
            clock=world.clock,
        )
        needles = {name, *name.split(), email, email.partition("@")[0]}
        return Somebody(
            caller=caller,
            assessment_id=started.assessment.id,
            needles=frozenset(
                needles.union(*map(sentences, (essay, wish, reason, opinion, remark)))
            ),
            opinion=opinion,
            remark=remark,
        )

    def submit(self, somebody: Somebody) -> None:
        submit_assessment(
            somebody.assessment_id,
            somebody.caller,
            allow_incomplete=False,
            idempotency=self._key(somebody.caller.user_id),
            store=self.store,
            pipeline=self.world.pipeline,
            ids=self.world.ids,
            clock=self.world.clock,
            metrics=self.world.metrics,
            summarizer=self.world.offline_summarizer,
        )

    def jobs(self, somebody: Somebody) -> list[Job]:
        """Return the jobs in the order of the pipeline."""
        with self.store.begin() as repositories:
            jobs = repositories.jobs.of_assessment(somebody.assessment_id)
        return sorted(jobs, key=lambda job: list(JobKind).index(job.kind))

    def work(self, job: Job) -> JobResult:
        world = self.world
        match job.kind:
            case JobKind.SCORE_ESSAY:
                return score_essay(
                    job,
                    store=self.store,
                    scorer=FakeEssayScorer(),
                    budget=world.budget,
                    ids=world.ids,
                    clock=world.clock,
                    second_reader=SecondReader(
                        scorer=OfflineEssayScorer(embedder=OfflineEmbedder()), bound=1.0
                    ),
                )
            case JobKind.RETRIEVE_CREDENTIALS:
                return retrieve_credentials(
                    job,
                    store=self.store,
                    embedder_of=world.embedder_of,
                    budget=world.embedding_budget,
                )
            case JobKind.FUSE_RESULTS:
                return fuse_results(
                    job, store=self.store, summarizer=world.summarizer, budget=world.budget
                )

    def run(self, job: Job, *, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Run a job; `meanwhile` happens between the work and its end."""

        def work(job: Job) -> JobResult:
            result = self.work(job)
            meanwhile()
            return result

        run_job(
            job.id,
            f"token of {job.id}",
            work=work,
            store=self.store,
            tasks=self.world.tasks,
            clock=self.world.clock,
            metrics=self.world.metrics,
            lease=self.world.lease,
        )

    def finish(self, somebody: Somebody) -> None:
        finish_assessment(
            somebody.assessment_id,
            store=self.store,
            ids=self.world.ids,
            clock=self.world.clock,
            metrics=self.world.metrics,
        )

    def take(self, somebody: Somebody) -> None:
        """Go all the way to a result."""
        self.submit(somebody)
        for job in self.jobs(somebody):
            self.run(job)
        self.finish(somebody)
        self.speak_of(somebody)
        self.overrule(somebody)
        self.reject(somebody)
        publish_events(store=self.store, bus=self.world.bus, clock=self.world.clock)

    def accommodate(self, caller: Caller, reason: str) -> None:
        set_accommodations(
            caller.user_id,
            MORE_TIME,
            self._staff(Role.ADMIN),
            reason=reason,
            store=self.store,
            clock=self.world.clock,
        )

    def speak_of(self, somebody: Somebody, *, relevance: int = 4) -> None:
        """Give feedback on the recommendation, as the student and as an advisor."""
        with self.store.begin() as repositories:
            recommendation = repositories.recommendations.of_assessment(somebody.assessment_id)
        assert recommendation is not None
        for caller, comment in (
            (somebody.caller, somebody.opinion),
            (self._staff(Role.ADVISOR), somebody.remark),
        ):
            give_feedback(
                recommendation.id,
                None,
                a_rating(relevance=relevance, comment=comment),
                caller,
                idempotency=None,
                store=self.store,
                ids=self.world.ids,
                clock=self.world.clock,
            )

    def overrule(self, somebody: Somebody) -> None:
        """Override a mark of an essay, for the reason that is the advisor's remark."""
        with self.store.begin() as repositories:
            score = repositories.assessments.essay_scores(somebody.assessment_id)[0]
        mark = OverriddenMark(name=score.criteria[0].name, score=1, reason=somebody.remark)
        self._override(somebody, score.question_id, [mark], self._staff(Role.ADVISOR))

    def _override(
        self,
        somebody: Somebody,
        question_id: QuestionId,
        marks: Sequence[OverriddenMark],
        reviewer: Caller,
    ) -> None:
        override_score(
            somebody.assessment_id,
            question_id,
            marks,
            reviewer,
            idempotency=None,
            store=self.store,
            ids=self.world.ids,
            clock=self.world.clock,
            metrics=self.world.metrics,
            summarizer=self.world.offline_summarizer,
        )

    def decline(self, somebody: Somebody) -> None:
        decide_ai_scoring(
            somebody.assessment_id,
            AiScoring.DECLINED,
            None,
            somebody.caller,
            store=self.store,
            clock=self.world.clock,
        )

    def queue(self) -> tuple[Review, ...]:
        page = list_reviews(limit=100, after=None, store=self.store, clock=self.world.clock)
        return page.items

    def mark(self, somebody: Somebody) -> None:
        """Give the first essay that nobody has read its marks, for the advisor's remark."""
        reader, unread = self._staff(Role.ADVISOR), self.queue()[0].score
        lease_review(unread.id, reader, store=self.store, clock=self.world.clock)
        self._override(
            somebody,
            unread.question_id,
            [OverriddenMark(name=n, score=5, reason=somebody.remark) for n in CriterionName],
            reader,
        )

    def reject(self, somebody: Somebody) -> None:
        """Reject the first item of the recommendation, for the same reason."""
        with self.store.begin() as repositories:
            recommendation = repositories.recommendations.of_assessment(somebody.assessment_id)
        assert recommendation is not None
        give_verdict(
            recommendation.id,
            recommendation.items[0].credential.id,
            self._staff(Role.ADVISOR),
            accepted=False,
            reason=somebody.remark,
            idempotency=None,
            store=self.store,
            ids=self.world.ids,
            clock=self.world.clock,
        )

    def _staff(self, role: Role) -> Caller:
        user = a_user(role=role)
        with self.store.begin() as repositories:
            repositories.users.add(user)
        return Caller(user_id=user.id, session_id=SessionId(an_id()), role=role)

    def erase(self, somebody: Somebody) -> ErasedUser:
        return erase_user(
            somebody.caller.user_id,
            somebody.caller,
            store=self.store,
            tokens=self.world.tokens,
            ids=self.world.ids,
            clock=self.world.clock,
        )

    def _key(self, scope: str, key: str = "key") -> IdempotencyKey:
        operation = f"POST /{next(self.numbers)}"
        return IdempotencyKey(scope=scope, operation=operation, key=key, request_hash="hash")


def _answer(question: Question, text: str) -> Answer:
    if question.takes_text:
        return Answer(text=text)
    return Answer(selected=("b" if question.type is QuestionType.THEORETICAL else "a",))


def ada(life: Life) -> Somebody:
    return life.begin(
        "Adalheidis Løvelace-Quux",
        "adalheidis.l@example.org",
        essay=ESSAY,
        wish=WISH,
        reason=REASON,
        opinion=OPINION,
        remark=REMARK,
    )


def bystander(life: Life) -> Somebody:
    return life.begin(
        "Bartholomäus Nurnberger",
        "bart.n@example.org",
        essay="Locks are how my sister and I shared one bicycle without ever quarrelling.",
        wish="A tide table for the harbour of Büsum is what I would write.",
        reason="Broke an arm on the ferry to Helgoland.",
        opinion="Fits what the harbour needs in any weather.",
        remark="Knows more about tides than about tables.",
    )
