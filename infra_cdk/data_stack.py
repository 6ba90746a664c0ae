"""What outlives every release: the database, the transient table and the secrets."""

from typing import Final

from aws_cdk import CfnOutput, RemovalPolicy, Stack, StackSynthesizer
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra_cdk.acknowledge import acknowledge
from infra_cdk.constructs.database import Database
from infra_cdk.constructs.network import Network
from infra_cdk.stage import Stage

KEY_CHARACTERS: Final = 64
"""More than the 256 bits that an Ed25519 seed is derived from."""


class DataStack(Stack):
    """Stage local brings its own PostgreSQL: `network` and `database` are None there."""

    def __init__(
        self, scope: Construct, id: str, *, stage: Stage, synthesizer: StackSynthesizer
    ) -> None:
        super().__init__(
            scope,
            id,
            synthesizer=synthesizer,
            termination_protection=not stage.is_local,
            description=f"Assay ({stage.stage}): what is kept",
        )
        kept = RemovalPolicy.DESTROY if stage.is_local else RemovalPolicy.RETAIN
        self.transient_table: Final = dynamodb.Table(
            self,
            "Transient",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            time_to_live_attribute="expiration",
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=kept,
        )
        signing_key = secretsmanager.Secret(
            self,
            "SigningKey",
            description="Seed of the Ed25519 keys of access tokens; put a new value to rotate",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=KEY_CHARACTERS, exclude_punctuation=True
            ),
            removal_policy=kept,
        )
        openai_key = secretsmanager.Secret(
            self,
            "OpenAiKey",
            description="Key of OpenAI or what stands in for it; random until a person puts theirs",
            removal_policy=kept,
        )
        webhook_key = secretsmanager.Secret(
            self,
            "WebhookKey",
            description="Seed of the keys that seal webhooks' secrets and sign for webhooks",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=KEY_CHARACTERS, exclude_punctuation=True
            ),
            removal_policy=kept,
        )
        acknowledge(
            webhook_key,
            {"SMG4": "Rotated by hand: what the version before the previous one sealed is lost."},
        )
        acknowledge(
            signing_key,
            {"SMG4": "Rotated by hand: tokens of the previous version stay good for a day."},
        )
        acknowledge(
            openai_key, {"SMG4": "The provider issues this key; only a person can ask for another."}
        )
        self.signing_secret: Final = self._by_arn("SigningKeyArn", signing_key)
        self.openai_secret: Final = self._by_arn("OpenAiKeyArn", openai_key)
        self.webhook_secret: Final = self._by_arn("WebhookKeyArn", webhook_key)

        CfnOutput(self, "TransientTable", value=self.transient_table.table_name)
        CfnOutput(self, "SigningSecretArn", value=self.signing_secret.secret_arn)
        CfnOutput(self, "WebhookSecretArn", value=self.webhook_secret.secret_arn)
        CfnOutput(self, "OpenAiSecretArn", value=self.openai_secret.secret_arn)

        self.network: Network | None = None
        self.database: Database | None = None
        if not stage.is_local:
            zones = 2 if stage.high_availability else 1
            self.network = Network(self, "Network", nat_gateways=zones)
            self.database = Database(
                self, "Database", network=self.network, standby=stage.high_availability
            )
            CfnOutput(self, "DatabaseCluster", value=self.database.cluster.cluster_identifier)
            CfnOutput(self, "DatabaseProxy", value=self.database.proxy.db_proxy_name)

    def _by_arn(self, id: str, secret: secretsmanager.Secret) -> secretsmanager.ISecret:
        """Name the secret by `Fn::GetAtt Id`: the emulator answers `Ref` with its name."""
        resource = secret.node.default_child
        if not isinstance(resource, secretsmanager.CfnSecret):
            raise TypeError("a secret without its resource")
        return secretsmanager.Secret.from_secret_complete_arn(self, id, resource.attr_id)
