"""Judges the cases on standard input with jsonschema and the OpenAPI validators, and answers one line of JSON.

Exit code 3: they are not installed.
"""

import json
import sys

try:
    import jsonschema
    from openapi_schema_validator import OAS30Validator
    from openapi_spec_validator import validate
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(3)

DIALECTS = {
    "draft-04": jsonschema.Draft4Validator,
    "draft-07": jsonschema.Draft7Validator,
    "2019-09": jsonschema.Draft201909Validator,
    "2020-12": jsonschema.Draft202012Validator,
    "openapi-schema": OAS30Validator,
}


def judge(case):
    dialect, schema, documents = case["dialect"], case["schema"], case["documents"]
    try:
        if dialect == "openapi":
            validate(schema)
            return {"error": None, "valid": []}
        if dialect not in DIALECTS:
            return None
        validator = DIALECTS[dialect]
        if dialect != "openapi-schema":
            validator.check_schema(schema)
        valid = validator(schema).is_valid
        return {"error": None, "valid": [valid(document) for document in documents]}
    except Exception as error:  # Whatever it says is a verdict.
        return {"error": f"{type(error).__name__}: {error}"[:2000], "valid": []}


json.dump([judge(case) for case in json.load(sys.stdin)], sys.stdout)
