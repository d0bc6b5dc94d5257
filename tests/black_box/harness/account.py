"""Accounts of a server, and boto3 clients that sign with their keys."""

from dataclasses import dataclass

import boto3
from botocore.config import Config

REGION = "us-east-1"

# One session, so that each service's model is read once.
_SESSION = boto3.Session(region_name=REGION)


@dataclass(frozen=True)
class Account:
    """An account with one access key, at the endpoint of a server."""

    id: str
    access_key_id: str
    secret_access_key: str
    endpoint: str = ""

    def client(self, service, region=REGION, validate=True, **options):
        """A client that tries once: a retry would hide what the server answered."""
        config = Config(
            retries={"total_max_attempts": 1},
            parameter_validation=validate,
            connect_timeout=10,
            read_timeout=60,
            max_pool_connections=20,
            # Kept alive between calls, a connection must not be taken for a dead one.
            tcp_keepalive=True,
        )
        return _SESSION.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
            config=config,
            **options,
        )

    def environment(self, region=REGION):
        """The variables by which the AWS CLI and `balefire` find the server and the key."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
        }
