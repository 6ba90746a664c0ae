"""What a summary may say: the words of a model, the names and numbers of the facts."""

import pytest

from shared.adapters.openai.grounding import find_inventions

FACTS = """
{"track": "Backend Engineer", "overallScore": 72, "maxScore": 100, "band": "proficient",
 "domains": [{"name": "HTTP and API design", "score": 80}, {"name": "Databases", "score": 55}],
 "credentials": [
  {"item": 1, "title": "AWS Certified Developer – Associate", "provider": "Amazon Web Services"},
  {"item": 2, "title": "Databases and SQL for Data Science with Python", "provider": "IBM"},
  {"item": 3, "title": "Meta Back-End Developer Professional Certificate",
   "provider": "Meta (Coursera)", "passage": "Prepares for DVA-C02 in Node.js."}]}
"""


@pytest.mark.parametrize(
    "text",
    [
        "You reached 72 out of 100, which is proficient: 80 in APIs and 55 in databases.",
        "Take AWS Certified Developer – Associate next.",
        (
            "The AWS Certified Developer - Associate and the Meta Back-End Developer Professional "
            "Certificate follow from that."
        ),
        "Start with the AWS Certified Developer – Associate, then IBM's course.",
        "“Databases and SQL for Data Science with Python” closes your gap in SQL.",
        "Meta's certificate on Coursera prepares for DVA-C02 in Node.js.",
        "Your Backend Engineer Profile is fine. HTTP and API design is strong.",
        "A certificate is not the goal; a good course is a start. Professional habits help.",
        "First you should design schemas. Then a certificate may follow.",
    ],
)
def test_the_facts_in_other_words_are_no_invention(text: str) -> None:
    assert find_inventions(text, FACTS) == ()


@pytest.mark.parametrize(
    ("text", "invention"),
    [
        ("Take the Google Data Analytics Certificate.", "Google Data Analytics Certificate."),
        ("AWS Certified Solutions Architect would suit you.", "Certified Solutions Architect"),
        ("Then get AZ-204.", "AZ-204"),
        ("Read “Clean Code for Beginners” first.", "Clean Code for Beginners"),
        ("Look for it on Udemy.", "Udemy"),
        ("It takes 40 hours.", "40"),
        ("You are better than 85% of all students.", "85"),
        ("See https://example.org.", "https:"),
        ("See www.aws.training.", "www."),
        ("Search on coursera.org for it.", "coursera.org"),
        ("Write to help@meta.test.", "help@m"),
    ],
)
def test_what_the_facts_do_not_hold_is_found(text: str, invention: str) -> None:
    assert invention in find_inventions(text, FACTS)
