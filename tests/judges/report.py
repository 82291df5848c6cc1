"""Judges the reports on standard input with html5lib and expat, and answers one line of JSON.

Exit code 3: html5lib is not installed.
"""

import json
import sys
from xml.etree import ElementTree

try:
    import html5lib
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(3)


def page(text):
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    document = parser.parse(text)
    errors = [f"{code} at {place}" for place, code, _ in parser.errors]
    elements = [element for element in document.iter() if isinstance(element.tag, str)]
    ids = [element.get("id") for element in elements if element.get("id")]
    errors += [f"{name} is the id of two" for name in set(ids) if ids.count(name) > 1]
    for element in elements:
        link = element.get("href")
        if link is not None and (not link.startswith("#") or link[1:] not in ids):
            errors.append(f"{link} leads nowhere")
        if element.tag in ("script", "img", "link", "iframe", "object", "b"):
            errors.append(f"there is a {element.tag}")
        errors += [f"there is a {name}" for name in element.keys() if name in ("style", "src") or name.startswith("on")]
    return errors


def results(text):
    suites = ElementTree.fromstring(text.encode())
    errors = []
    kinds = {"tests": "testcase", "failures": "testcase/failure", "errors": "testcase/error"}
    for suite in suites.findall("testsuite"):
        for name, path in (kinds | {"skipped": "testcase/skipped"}).items():
            if int(suite.get(name)) != len(suite.findall(path)):
                errors.append(f"{suite.get('name')} counts {name} wrongly")
        names = [case.get("name") for case in suite.findall("testcase")]
        errors += [f"{name} is the name of two" for name in set(names) if names.count(name) > 1]
    for name, path in kinds.items():
        if int(suites.get(name)) != len(suites.findall(f"testsuite/{path}")):
            errors.append(f"{name} are counted wrongly")
    return errors


def judge(report):
    try:
        return {"html": page, "junit": results}[report["format"]](report["text"])
    except Exception as error:  # Whatever it says is a verdict.
        return [f"{type(error).__name__}: {error}"]


json.dump([judge(report) for report in json.load(sys.stdin)], sys.stdout)
