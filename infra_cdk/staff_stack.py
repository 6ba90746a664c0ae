"""What advisors, admins and integrators call: functions, and their routes in the one API."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import Stack, StackSynthesizer
from constructs import Construct

from infra_cdk.application_stack import ApplicationStack
from infra_cdk.constructs.python_function import PythonFunction
from infra_cdk.constructs.task_queue import let_inspect_queues, let_redrive
from infra_cdk.functions import STAFF_FUNCTIONS
from infra_cdk.metrics import let_read_metrics
from infra_cdk.stage import Stage
from shared.settings import QueueMonitorSettings


class StaffStack(Stack):
    """Beside the application because CloudFormation lets no stack have more than 500 resources.

    It refers to the application, which knows nothing of it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: Stage,
        application: ApplicationStack,
        synthesizer: StackSynthesizer,
    ) -> None:
        super().__init__(
            scope,
            id,
            synthesizer=synthesizer,
            description=f"Assay ({stage.stage}): what staff call",
        )
        self._application: Final = application
        self._functions: Final[Mapping[str, PythonFunction]] = application.functions_of(
            self, STAFF_FUNCTIONS
        )
        self._let_monitor_queues()
        application.pipeline.let_start(self._functions["retry_assessment"])
        application.webhooks.let_start(self._functions["serve_deliveries"])
        application.http.add_routes(self, self._functions)

    def _let_monitor_queues(self) -> None:
        monitor, redrive = self._functions["get_operations"], self._functions["redrive_queue"]
        urls: dict[str, str] = {}
        queues = [*self._application.queues.items(), ("Webhooks", self._application.webhooks)]
        for name, queue in queues:
            urls[f"{name.lower()}_queue_url"] = queue.queue.queue_url
            urls[f"{name.lower()}_dead_letter_url"] = queue.dead_letters.queue_url
            let_inspect_queues(monitor, queue.queue, queue.dead_letters)
            let_redrive(redrive, queue.dead_letters, to=queue.queue)
        for function in (monitor, redrive):
            function.configure(QueueMonitorSettings, **urls)
        let_read_metrics(monitor)
