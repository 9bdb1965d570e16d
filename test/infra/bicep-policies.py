"""Checkov's policies over infra/*.bicep, and the Terraform example, offline. Run with the packages of requirements.txt:

    python3 -m venv .venv && .venv/bin/pip install -r test/infra/requirements.txt
    .venv/bin/python test/infra/bicep-policies.py

Checkov exits 0 when it cannot parse a file and when it finds no file at all, so its report is judged here.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import hcl2
from pycep import BicepParser

INFRA = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2] / "infra")
FILES = sorted(INFRA.rglob("*.bicep"))

# Checkov's parser knows no types, functions, imports and most lambdas. Declarations that make nothing may use them and
# are left out for it; a resource or a module never is.
MAKES_NOTHING = re.compile(r"(?:@\w+\([^\n]*\)\n)*(?:import|type|func) ")
DECLARATION = re.compile(r"^(?=(?:@|import |type |func |param |var |output |resource |module |targetScope |//))", re.M)
PARAM = re.compile(r"^(param \w+ )(\w+)(\[\])?\??(?= |$)", re.M)
KNOWN = {"array", "bool", "int", "object", "string"}


def simple_type(match: re.Match) -> str:
    name = "array" if match[3] else match[2] if match[2] in KNOWN else "object"
    return match[1] + name


def parses(text: str) -> bool:
    try:
        BicepParser().parse(text=text)
    except Exception:  # the parser has no error class of its own
        return False
    return True


def declarations(text: str) -> list[str]:
    """Top-level declarations, each with the decorators and comments before it."""
    whole, pending = [], ""
    for part in DECLARATION.split(text):
        pending += part
        if not re.match(r"@|//|\s*$", part):
            whole.append(pending)
            pending = ""
    return [*whole, pending]


def legible(text: str) -> str:
    """The file without what Checkov's parser cannot follow and a policy is never about."""
    kept = []
    for declaration in declarations(PARAM.sub(simple_type, text)):
        code = re.sub(r"^//[^\n]*\n", "", declaration, flags=re.M).lstrip()
        if MAKES_NOTHING.match(code) or (code.startswith("var ") and not parses(code)):
            continue
        kept.append(declaration)
    return "".join(kept)


def made(text: str) -> int:
    return len(re.findall(r"^(?:resource|module) ", text, flags=re.M))


def legible_copy(folder: Path) -> Path:
    """Copies of the files that make something, with every resource and module still in them."""
    for file in FILES:
        text = file.read_text()
        copy = folder / file.relative_to(INFRA)
        if made(text) > 0:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(legible(text))
            assert made(copy.read_text()) == made(text), file
    return folder


def unparsed(folder: Path) -> list[str]:
    """Files the second grammar cannot follow: Checkov would skip them in silence."""
    problems = []
    for file in sorted(folder.rglob("*.bicep")):
        try:
            BicepParser().parse(file_path=file)
        except Exception as error:  # the parser has no error class of its own
            problems.append(f"{file}: not parsed: {str(error).splitlines()[0]}")
    return problems


def without_reason() -> list[str]:
    """Suppressions that do not say why."""
    skips = [(file, skip) for file in FILES for skip in re.findall(r"checkov:skip=.*", file.read_text())]
    return [f"{file}: {skip}: no reason" for file, skip in skips if not re.match(r"checkov:skip=CKV\w+: .{20,}", skip)]


def violations(folder: Path) -> list[str]:
    checkov = [sys.executable, "-m", "checkov.main", "-d", str(folder), "--framework", "bicep"]
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


if not FILES:
    sys.exit(f"no Bicep file below {INFRA}")


def terraform() -> list[str]:
    """The example deploys these templates: it must parse, and give parameters that main.bicep has."""
    folder = INFRA / "terraform"
    if not folder.exists():
        return []
    try:
        document = hcl2.loads((folder / "main.tf").read_text())
    except Exception as error:  # lark's errors have many classes
        return [f"main.tf: not parsed: {str(error).splitlines()[0]}"]
    [[parameters]] = [one["parameters"] for one in document["locals"]]
    given = set(parameters)
    declared = dict(re.findall(r"^param (\w+) [^=\n]+?( =|\?)?(?= |$)", (INFRA / "main.bicep").read_text(), flags=re.M))
    missing = {name for name, default in declared.items() if default == ""} - given
    return [f"main.tf: {name}: main.bicep has no such parameter" for name in given - set(declared)] + [
        f"main.tf: {name} is not given" for name in missing] + members_of_vaults(document)


def members_of_vaults(document) -> list[str]:
    """Terraform drops a member that its type does not name, without a word."""
    [vaults] = [one["vaults"] for one in document["variable"] if "vaults" in one]
    [vault] = re.findall(r"^type Vault = \{\n(.*?)^\}", (INFRA / "checks.bicep").read_text(), flags=re.M | re.S)
    members = re.findall(r"^  (\w+):", vault, flags=re.M)
    return [f"main.tf: vaults: {name} would be dropped" for name in members if name not in str(vaults["type"])]


with tempfile.TemporaryDirectory() as temporary:
    COPY = legible_copy(Path(temporary))
    PROBLEMS = [*unparsed(COPY), *without_reason(), *violations(COPY), *terraform()]
print("\n".join(PROBLEMS) if PROBLEMS else f"{len(FILES)} Bicep files follow the policies")
sys.exit(1 if PROBLEMS else 0)
