# pip install testcontainers pytest; pytest
from urllib.request import Request, urlopen

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy


def test_lists_calls():
    calls = (
        DockerContainer("mock-calls")
        .with_exposed_ports(2255)
        .waiting_for(HttpWaitStrategy(2255, "/healthz").for_status_code(200))
    )
    with calls:
        url = f"http://{calls.get_container_host_ip()}:{calls.get_exposed_port(2255)}"
        request = Request(f"{url}/v3/calls", headers={"apikey": "mock-rest-api-key"})
        with urlopen(request) as answer:
            assert answer.status == 200
