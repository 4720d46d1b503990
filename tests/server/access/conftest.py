import pytest

from tests.server.access.app_routes import AppRoute, routes_of_everything


@pytest.fixture(scope="session")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[AppRoute]:
    return routes_of_everything(tmp_path_factory.mktemp("routes"))
