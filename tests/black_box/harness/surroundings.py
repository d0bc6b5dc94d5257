"""Forgets the configuration of whoever runs the tests: none of it may reach a client."""

import os

PROXIES = ["http_proxy", "https_proxy", "all_proxy"]


def forget():
    """Before boto3 is first imported."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    for name in PROXIES:
        os.environ.pop(name, None)
        os.environ.pop(name.upper(), None)
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
