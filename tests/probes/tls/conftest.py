"""Certificates for the servers, made once."""

from pathlib import Path

import pytest

from tests.miniatures.certificates import Authority
from tests.probes.tls.servers import Files


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("suites")


@pytest.fixture(scope="session")
def authority(folder: Path) -> Authority:
    return Authority(folder)


@pytest.fixture(scope="session")
def rsa(authority: Authority, folder: Path) -> Files:
    return Files.of(authority.rsa(), folder)


@pytest.fixture(scope="session")
def ec(authority: Authority, folder: Path) -> Files:
    return Files.of(authority.good(), folder)
