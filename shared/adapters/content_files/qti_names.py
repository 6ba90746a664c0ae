"""The names of QTI 3.0 that items here are made of, and what Assay says by them.

Specification: https://www.imsglobal.org/spec/qti/v3p0/impl and its information model.
"""

from typing import Final

NAMESPACE: Final = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
SCHEMA: Final = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd"
PACKAGE_NAMESPACE: Final = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
ITEM_RESOURCE: Final = "imsqti_item_xmlv3p0"
MANIFEST: Final = "imsmanifest.xml"
TOOL: Final = "Assay"

ITEM: Final = "qti-assessment-item"
CONTEXT: Final = "qti-context-declaration"
RESPONSE: Final = "qti-response-declaration"
OUTCOME: Final = "qti-outcome-declaration"
DEFAULT: Final = "qti-default-value"
CORRECT: Final = "qti-correct-response"
VALUE: Final = "qti-value"
BODY: Final = "qti-item-body"
RUBRIC: Final = "qti-rubric-block"
CONTENT: Final = "qti-content-body"
PROMPT: Final = "qti-prompt"
CHOICES: Final = "qti-choice-interaction"
CHOICE: Final = "qti-simple-choice"
TEXT: Final = "qti-extended-text-interaction"
PROCESSING: Final = "qti-response-processing"
FEEDBACK: Final = "qti-modal-feedback"

ORDER: Final = (
    CONTEXT,
    RESPONSE,
    OUTCOME,
    "qti-template-declaration",
    "qti-template-processing",
    "qti-assessment-stimulus-ref",
    "qti-companion-materials-info",
    "qti-stylesheet",
    BODY,
    "qti-catalog-info",
    PROCESSING,
    FEEDBACK,
)
"""Of the children of an item: QTI's schema is a sequence."""

ANSWER: Final = "RESPONSE"
SCORE: Final = "SCORE"
SHOWN: Final = "FEEDBACK"
"""The outcome that says which option's explanation is shown."""

# Context variables carry what QTI has no word for.
TRACK: Final = "ASSAY_TRACK"
TYPE: Final = "ASSAY_TYPE"
DOMAIN: Final = "ASSAY_DOMAIN"
LEVEL: Final = "ASSAY_LEVEL"
SKILLS: Final = "ASSAY_SKILLS"
WEIGHT: Final = "ASSAY_WEIGHT"
TIME_LIMIT: Final = "ASSAY_TIME_LIMIT_SECONDS"
INTERESTS: Final = "ASSAY_INTERESTS."
"""And an option's identifier."""

# Classes say what the parts of a rubric block are.
CRITERION: Final = "assay-criterion"
KEY_POINT: Final = "assay-key-point"
REFERENCE: Final = "assay-reference-answer"
NAME: Final = "assay-name"
SHARE: Final = "assay-weight"
POINTS: Final = "assay-score"
WORDS: Final = "assay-text"
TERMS: Final = "assay-terms"
TERM: Final = "assay-term"


def to_identifier(slug: str) -> str:
    """QTI's identifiers begin with a letter or an underscore, slugs with a digit at times."""
    return slug if slug[0].isalpha() else f"_{slug}"


def to_slug(identifier: str) -> str:
    return identifier.removeprefix("_")
