"""Validates inputs of AWS operations against the service models of botocore, offline.

Standard input: a JSON list of {"path", "service", "operation", "input"}. Standard output: a JSON list of complaints.
ParamValidator checks types, required members and ranges; values of enumerations are checked here.
"""

import json
import sys

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator


def wrong_values(value, shape, path):
    if shape.type_name == "structure":
        for name, member in value.items():
            yield from wrong_values(member, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for index, member in enumerate(value):
            yield from wrong_values(member, shape.member, f"{path}[{index}]")
    elif shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{path} is {value!r}, not one of {', '.join(shape.enum)}"


def complaints(case, models):
    shape = models[case["service"]].operation_model(case["operation"]).input_shape
    report = ParamValidator().validate(case["input"], shape)
    if report.has_errors():
        return [report.generate_report()]
    return list(wrong_values(case["input"], shape, case["operation"]))


cases = json.load(sys.stdin)
loader = Loader()
models = {
    name: ServiceModel(loader.load_service_model(name, "service-2")) for name in {case["service"] for case in cases}
}
found = [f"{case['path']}: {text}" for case in cases for text in complaints(case, models)]
json.dump(found, sys.stdout)
