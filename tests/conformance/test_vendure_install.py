"""Vendure where it cannot start, or must not: what is said then, and what its packages are held to."""

import argparse
import json
import re
from pathlib import Path

import pytest

from conformance.cli import demo
from conformance.demo.vendure import packages
from conformance.demo.vendure.start import start
from probes.errors import SettingsError


def test_where_node_is_missing_it_says_what_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingsError, match=r"Vendure needs Node\.js 20 or newer, with npm"):
        start(tmp_path / "shop")
    assert not (tmp_path / "shop").exists()


def test_a_node_that_is_too_old_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\necho v18.19.0\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingsError, match=r"20 or newer, with npm; here is v18\.19\.0"):
        packages.node()


def test_an_install_that_fails_says_where_its_words_lie_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, log = tmp_path / "bin", tmp_path / "npm.log"
    program.mkdir()
    (program / "node").write_text("#!/bin/sh\necho v22.1.0\n", encoding="utf-8")
    npm = program / "npm"
    npm.write_text("#!/bin/sh\necho no such package >&2\nexit 7\n", encoding="utf-8")
    for each in program.iterdir():
        each.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program}:/usr/bin:/bin")
    with pytest.raises(SettingsError, match=r"could not install Vendure \(status 7\): see .*npm\.log"):
        packages.install(tmp_path / "packages", log=log)
    assert "no such package" in log.read_text(encoding="utf-8")
    npm.write_text("#!/bin/sh\necho installed >&2\n", encoding="utf-8")
    packages.install(tmp_path / "packages", log=log)
    npm.write_text("#!/bin/sh\nexit 8\n", encoding="utf-8")
    packages.install(tmp_path / "packages", log=log)  # what is there is not installed again


def test_the_packages_are_pinned_and_no_address_stands_among_them() -> None:
    manifest = packages.MANIFEST.read_text(encoding="utf-8")
    named = json.loads(manifest)
    versions = [*named["dependencies"].values(), *named["overrides"].values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
    assert "://" not in manifest
    assert not list(packages.SHOP.glob("*lock*"))


def test_it_has_no_defects_to_switch(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    demo.configure(parser)
    for words in (["start", "--shop", "vendure", "--defect", "no-hsts"], ["defects", "--shop", "vendure", "no-hsts"]):
        with pytest.raises(SettingsError, match="vendure has no defects"):
            demo.run(parser.parse_args([*words, "--dir", str(tmp_path)]))
