import json
import re

from shared.api.docs_page import render

DOCUMENT = json.dumps(
    {
        "openapi": "3.1.0",
        "info": {"title": "Assay", "description": "</script><script>alert(1)</script>"},
        "servers": [{"url": "https://elsewhere.example"}],
        "paths": {},
    }
)


def test_the_page_works_without_a_network() -> None:
    page = render("../..", DOCUMENT)

    assert "SwaggerUIBundle" in page
    assert not re.search(r"""<(?:script|link|img)[^>]*(?:src|href)=["']?(?:https?:)?//""", page)
    assert len(page) > 500_000


def test_it_shows_the_document_and_calls_the_server_it_was_fetched_from() -> None:
    page = render("../..", DOCUMENT)

    shown = re.search(r"spec: (\{.*\}),\n", page)
    assert shown is not None
    content = json.loads(shown[1])
    assert content["servers"] == [{"url": "../.."}]
    assert content["info"]["title"] == "Assay"


def test_no_text_of_the_document_ends_the_script() -> None:
    assert "</script><script>alert" not in render("../..", DOCUMENT)
    assert "<\\/script><script>alert" in render("../..", DOCUMENT)
