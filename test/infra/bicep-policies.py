"""Checkov's policies over infra/*.bicep, offline. Run with the packages of requirements.txt:

    python3 -m venv .venv && .venv/bin/pip install -r test/infra/requirements.txt
    .venv/bin/python test/infra/bicep-policies.py

Checkov exits 0 when it cannot parse a file and when it finds no file at all, so its report is judged here.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from pycep import BicepParser

INFRA = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2] / "infra")
FILES = sorted(INFRA.rglob("*.bicep"))


def unparsed() -> list[str]:
    """Files the second grammar cannot follow: Checkov would skip them in silence."""
    problems = []
    for file in FILES:
        try:
            BicepParser().parse(file_path=file)
        except Exception as error:  # the parser has no error class of its own
            problems.append(f"{file}: not parsed: {str(error).splitlines()[0]}")
    return problems


def without_reason() -> list[str]:
    """Suppressions that do not say why."""
    skips = [(file, skip) for file in FILES for skip in re.findall(r"checkov:skip=.*", file.read_text())]
    return [f"{file}: {skip}: no reason" for file, skip in skips if not re.match(r"checkov:skip=CKV\w+: .{20,}", skip)]


def violations() -> list[str]:
    checkov = [sys.executable, "-m", "checkov.main", "-d", str(INFRA), "--framework", "bicep"]
    run = subprocess.run([*checkov, "--skip-download", "--output", "json"], capture_output=True, text=True)
    if not run.stdout.strip().startswith("{"):
        return [f"checkov gave no report: {run.stderr.strip()[-300:]}"]
    report = json.loads(run.stdout)
    summary = report.get("summary", report)
    problems = [f"{check['file_path']}: {check['check_id']} {check['check_name']}"
                for check in report.get("results", {}).get("failed_checks", [])]
    if summary.get("parsing_errors", 0) > 0:
        problems.append(f"checkov could not parse {summary['parsing_errors']} file(s)")
    if summary.get("passed", 0) == 0:
        problems.append("checkov checked nothing")
    return problems


PROBLEMS = [*unparsed(), *without_reason(), *violations()] if FILES else [f"no Bicep file below {INFRA}"]
print("\n".join(PROBLEMS) if PROBLEMS else f"{len(FILES)} Bicep files follow the policies")
sys.exit(1 if PROBLEMS else 0)
