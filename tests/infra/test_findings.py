"""cdk-nag and cfn-lint find nothing that is not accepted with a reason."""

from cdk_nag import AwsSolutionsChecks
from cfnlint.api import lint_file

from tests.infra.synthesized import Synthesized


def test_cdk_nag_finds_nothing(production: Synthesized) -> None:
    report = AwsSolutionsChecks().validate_scope(production.app)

    assert [
        (violation.rule_name, resource.construct_path)
        for violation in report.violations
        for resource in violation.violating_resources
    ] == []


def test_cfn_lint_finds_nothing(production: Synthesized) -> None:
    for template in production.templates:
        assert [str(match) for match in lint_file(template.path)] == []
