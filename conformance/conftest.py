"""Makes `pytest conformance/` an examination: the hooks and fixtures live in ``conformance.plugin``."""

from conformance.plugin import (
    examination,
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_generate_tests,
    pytest_ignore_collect,
    pytest_make_collect_report,
    pytest_report_header,
    pytest_report_teststatus,
    pytest_runtest_makereport,
    pytest_runtestloop,
    pytest_sessionfinish,
    pytest_terminal_summary,
    settle,
)
