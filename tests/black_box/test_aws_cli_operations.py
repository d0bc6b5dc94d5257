"""Every operation of Security Hub that is answered, called once with the AWS CLI."""

import json
import logging

import pytest
from awscli.clidriver import create_clidriver
from botocore import xform_name

from harness.hub_calls import CALLS, Hub
from harness.models import answered

pytestmark = pytest.mark.aws_cli
MEMBERS = 1


@pytest.fixture(scope="module")
def hub(server):
    return Hub(server.administrator)


@pytest.fixture(scope="module")
def cli(server):
    """The CLI's own entry, in this process: starting it anew for each call would take a minute."""
    with pytest.MonkeyPatch.context() as variables:
        for name, value in server.administrator.environment().items():
            variables.setenv(name, value)
        variables.setenv("AWS_MAX_ATTEMPTS", "1")
        level = logging.getLogger().level
        yield create_clidriver()
        logging.getLogger().setLevel(level)


def arguments(operation, parameters):
    """The command line of a call."""
    words = ["securityhub", xform_name(operation, "-"), "--output", "json"]
    for name, value in parameters.items():
        option = xform_name(name, "-")
        if isinstance(value, bool):
            words.append(f"--{option}" if value else f"--no-{option}")
        else:
            words += [f"--{option}", value if isinstance(value, str) else json.dumps(value)]
    return words


def test_each_answered_operation_is_called(server):
    of_hub = {name for service, name in answered(server.members[0]) if service == "securityhub"}
    assert set(CALLS) == of_hub, "harness/hub_calls.py has one call of each answered operation"


@pytest.mark.parametrize("operation", CALLS)
def test_the_cli_calls(hub, cli, capsys, operation):
    call = CALLS[operation]
    code = cli.main(arguments(operation, call.parameters(hub)))
    printed = capsys.readouterr()
    if call.error:
        assert code != 0 and f"({call.error})" in printed.err, printed
        return
    assert code == 0, printed.err
    assert call.shows in printed.out, printed.out
    outputs = hub.client.meta.service_model.operation_model(operation).output_shape.members
    assert set(json.loads(printed.out or "{}")) <= set(outputs)
