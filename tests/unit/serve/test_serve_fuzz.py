"""Whatever a client that has read the API's description may send, the service never fails."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error

from mimicgait.serve import Limits

EXAMPLES = settings(
    max_examples=5, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.timeout(240)
def test_no_request_makes_the_service_fail(make_client):
    app = make_client(Limits(rate=1e6, burst=10**6)).app
    operations = [
        found.ok() for found in schemathesis.openapi.from_asgi("/openapi.json", app).get_all_operations()
    ]
    statuses = set()
    for operation in operations:

        @EXAMPLES
        @given(case=operation.as_strategy())
        def ask(case):
            answer = case.call_and_validate(checks=[not_a_server_error], headers={"host": "testserver"})
            statuses.add(answer.status_code)

        ask()
    assert len(operations) > 12
    assert {200, 404, 422} <= statuses
