from shared.domain.track import QuestionMix
from tests.builders import a_track, a_track_domain


def test_a_mix_asks_ten_questions_unless_the_track_says_otherwise() -> None:
    assert QuestionMix().total == 10
    assert QuestionMix(theoretical=1, essay=2, profile=0).total == 3


def test_a_domain_is_found_by_its_id() -> None:
    apis = a_track_domain(id="backend.apis")
    track = a_track(domains=(a_track_domain(), apis))

    assert track.domain("backend.apis") is apis
    assert track.domain("interests") is None
