"""The system of record: Aurora PostgreSQL Serverless v2 behind an RDS Proxy."""

from typing import Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_rds as rds
from constructs import Construct

from infra_cdk.constructs.network import Network
from shared.adapters.postgres.engine import SETTINGS

NAME: Final = "assay"
USER: Final = "assay"

# pgvector 0.8 comes with 17.4 and later. The newest major that RDS Proxy is documented for.
VERSION: Final = rds.AuroraPostgresEngineVersion.VER_17_9

# Zero would be cheaper asleep, but this database never sleeps: the proxy keeps connections open
# and `reconcile` asks every minute. Half a unit (1 GB) is the least that stays awake.
MIN_CAPACITY: Final = 0.5
MAX_CAPACITY: Final = 8
BACKUP_DAYS: Final = 14

# A client's own SET would pin its connection, so the proxy says it to each connection once.
INIT_QUERY: Final = "; ".join(f"SET {name} = '{value}'" for name, value in SETTINGS.items())

PARAMETERS: Final = {
    "rds.force_ssl": "1",
    # An error's detail quotes the row, and a row of `users` holds an e-mail address.
    "log_error_verbosity": "terse",
}


class Database(Construct):
    """Clients authenticate by IAM at the proxy; only the proxy reads the password.

    RDS keeps that password in Secrets Manager and changes it every seven days. PostgreSQL's own
    log stays on the instances: it may quote statements, and nothing in CloudWatch may.
    """

    def __init__(self, scope: Construct, id: str, *, network: Network, standby: bool) -> None:
        super().__init__(scope, id)
        self.cluster: Final = rds.DatabaseCluster(
            self,
            "Cluster",
            engine=rds.DatabaseClusterEngine.aurora_postgres(version=VERSION),
            parameters=PARAMETERS,
            writer=rds.ClusterInstance.serverless_v2("Writer"),
            readers=[rds.ClusterInstance.serverless_v2("Standby", scale_with_writer=True)]
            if standby
            else [],
            serverless_v2_min_capacity=MIN_CAPACITY,
            serverless_v2_max_capacity=MAX_CAPACITY,
            default_database_name=NAME,
            credentials=rds.Credentials.from_username(USER),
            manage_master_user_password=True,
            iam_authentication=True,
            storage_encrypted=True,
            backup=rds.BackupProps(retention=Duration.days(BACKUP_DAYS)),
            copy_tags_to_snapshot=True,
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
            vpc=network.vpc,
            vpc_subnets=network.database_subnets,
        )
        if self.cluster.secret is None:
            raise ValueError("the cluster has no secret for the proxy to read")
        self.proxy: Final = rds.DatabaseProxy(
            self,
            "Proxy",
            proxy_target=rds.ProxyTarget.from_cluster(self.cluster),
            secrets=[self.cluster.secret],
            iam_auth=True,
            require_tls=True,
            init_query=INIT_QUERY,
            vpc=network.vpc,
            vpc_subnets=network.database_subnets,
            security_groups=[
                ec2.SecurityGroup(
                    self, "ProxyTraffic", vpc=network.vpc, description="Database proxy"
                )
            ],
        )
        self.proxy.connections.allow_from(network.functions, ec2.Port.POSTGRES)

    @property
    def url(self) -> str:
        return f"postgresql+pg8000://{USER}@{self.proxy.endpoint}:5432/{NAME}"

    def grant_connect(self, grantee: iam.IGrantable) -> None:
        self.proxy.grant_connect(grantee, USER)
