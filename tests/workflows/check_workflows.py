#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_workflows.py ROOT: what a linter of syntax does not see in our workflow and action files.

Text of a pull request never gets into a command line, rights are the least, the workflow that may
write runs nothing of the pull request, and what one file passes the other one takes. Begins by
breaking good files and expecting to be told.
"""
import copy
import pathlib
import re
import sys

import yaml

UNTRUSTED = re.compile(r"\$\{\{[^}]*\b(inputs|github\.event|github\.head_ref|steps)\b")
PINNED = re.compile(r"^(\./|[\w.-]+/[\w.-]+(/[\w./-]+)?@[\w.-]+$)")


class Loader(yaml.SafeLoader):
    """`on:` is a word here, not the truth value of YAML 1.1."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def steps_of(document):
    if "runs" in document:
        yield from document["runs"].get("steps", [])
    for job in document.get("jobs", {}).values():
        yield from job.get("steps", [])


def check_steps(document, problems):
    for step in steps_of(document):
        name = step.get("name") or step.get("uses") or "a step"
        if UNTRUSTED.search(step.get("run", "")):
            problems.append(f"{name}: outside text in a command line: pass it by env")
        if "run" in step and "runs" in document and "shell" not in step:
            problems.append(f"{name}: no shell, which composite actions need")
        if "uses" in step and not PINNED.match(step["uses"]):
            problems.append(f"{name}: no version")
        if step.get("uses", "").startswith("actions/checkout@") and \
                step.get("with", {}).get("persist-credentials") != "false":
            problems.append(f"{name}: leaves the token in the working tree")


def check_action(document, problems):
    if document.get("runs", {}).get("using") != "composite":
        problems.append("not a composite action")
    inputs = document.get("inputs", {})
    text = yaml.safe_dump([document.get("runs"), document.get("outputs")])
    for name in set(re.findall(r"inputs\.([\w-]+)", text)) - set(inputs):
        problems.append(f"uses the input {name}, which it does not have")
    for name in set(inputs) - set(re.findall(r"inputs\.([\w-]+)", text)):
        problems.append(f"the input {name} has no effect")
    for name, spec in inputs.items():
        if "description" not in spec or ("default" in spec) == (spec.get("required") == "true"):
            problems.append(f"input {name}: needs a description, and a default or to be required")


def check_workflow(document, problems):
    triggers = document.get("on", {})
    triggers = [triggers] if isinstance(triggers, str) else list(triggers)
    if "pull_request_target" in triggers:
        problems.append("pull_request_target: the pull request's code would have our rights")
    if not isinstance(document.get("permissions"), dict):
        problems.append("no list of permissions")
    if "concurrency" not in document:
        problems.append("no concurrency group")
    for name, job in document.get("jobs", {}).items():
        if "timeout-minutes" not in job:
            problems.append(f"job {name}: no timeout-minutes")
        if "permissions" in job:
            problems.append(f"job {name}: rights of its own beside the workflow's")
    if "workflow_run" in triggers:
        for step in steps_of(document):
            if {"ref", "repository"} & set(step.get("with", {})):
                problems.append("the workflow with rights checks out something else than our branch")
        if document.get("permissions", {}).get("contents") != "read":
            problems.append("the workflow that comments may change the repository")


def check_uses(document, actions, problems):
    """What is passed to our own actions."""
    for step in steps_of(document):
        action = actions.get(re.sub(r"^OWNER/phasebench@.*", "./", step.get("uses", "")))
        if not action:
            continue
        inputs, given = action.get("inputs", {}), step.get("with", {})
        for name in set(given) - set(inputs):
            problems.append(f"{step['uses']}: there is no input {name}")
        for name, spec in inputs.items():
            if spec.get("required") == "true" and name not in given:
                problems.append(f"{step['uses']}: the input {name} is missing")


def check(document, actions):
    problems = []
    if not isinstance(document, dict):
        return ["not a mapping"]
    check_steps(document, problems)
    if "runs" in document:
        check_action(document, problems)
    elif "jobs" in document:
        check_workflow(document, problems)
    check_uses(document, actions, problems)
    return problems


def broken(documents):
    """Files with one fault each, made of the good ones."""
    action, comment = documents["action.yml"], documents[".github/workflows/benchmark-comment.yml"]
    run = documents[".github/workflows/benchmark.yml"]

    def change(document, path, value):
        out = copy.deepcopy(document)
        at = out
        for key in path[:-1]:
            at = at[key]
        if value is None:
            del at[path[-1]]
        else:
            at[path[-1]] = value
        return out

    step = ["jobs", "plumb", "steps"]
    yield change(action, ["runs", "steps", 0, "run"], "echo ${{ inputs.build }}")
    yield change(action, ["runs", "steps", 0, "run"], "echo ${{ github.event.pull_request.title }}")
    yield change(action, ["runs", "steps", 0, "shell"], None)
    yield change(action, ["runs", "steps", 2, "env", "PB_BASE"], "${{ inputs.nothing }}")
    yield change(action, ["inputs", "useless"], {"description": "x", "default": ""})
    yield change(run, step + [0, "uses"], "actions/checkout")
    yield change(run, step + [0, "with", "persist-credentials"], None)
    yield change(run, step + [1, "with", "manager"], None)
    yield change(run, step + [1, "with", "managr"], "plumb")
    yield change(run, ["permissions"], None)
    yield change(run, ["on"], {"pull_request_target": None})
    yield change(run, ["jobs", "plumb", "timeout-minutes"], None)
    yield change(comment, ["permissions", "contents"], "write")
    yield change(comment, ["jobs", "comment", "steps", 0, "with", "ref"],
                 "${{ github.event.workflow_run.head_sha }}")


def main():
    root = pathlib.Path(sys.argv[1])
    files = [root / "action.yml", *sorted((root / ".github").rglob("*.yml")),
             *sorted((root / "docs/examples").glob("*.yml"))]
    documents = {str(f.relative_to(root)): yaml.load(f.read_text(), Loader) for f in files}
    actions = {"./" + name.removesuffix("action.yml").rstrip("/"): d
               for name, d in documents.items() if name.endswith("action.yml")}
    failures = [f"{name}: {problem}" for name, document in documents.items()
                for problem in check(document, actions)]
    failures += [f"self-test {i}: a fault was not seen" for i, document in
                 enumerate(broken(documents)) if not check(document, actions)]
    print("\n".join(failures) or f"{len(files)} files")
    sys.exit(1 if failures else 0)


main()
