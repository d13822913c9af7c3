"""How operations are added to moto, or changed.

moto finds the method for a request from botocore's model of the service; so an operation is a method of the snake-case
name on the service's response class, and, where the protocol has paths, a URL pattern made from the model's path.
"""

import re
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from botocore import xform_name
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import get_service_model


@cache
def _operations(service: str) -> dict[str, Any]:
    model = get_service_model(service)
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}


def extend(service: str, responses: type[BaseResponse], urls: ModuleType) -> Callable:
    """A decorator for functions named after operations of SERVICE: they get the response object and return the result,
    as a dict in the model's spelling. One with a second parameter gets moto's own method as well."""

    def register(function: Callable) -> Callable:
        name = function.__name__
        path = re.sub(r"\{(\w+)\+?\}", r"(?P<\1>.+)", _operations(service)[name].http["requestUri"])
        if path != "/":
            urls.url_paths.setdefault("{0}" + path + "$", responses.dispatch)
        original = getattr(responses, name, None)

        def method(self: BaseResponse) -> Any:
            result = function(self, original) if function.__code__.co_argcount == 2 else function(self)
            return ActionResult(result) if isinstance(result, dict) else result

        method.__name__ = name
        setattr(responses, name, method)
        return function

    return register


class Failure(ServiceException):
    """An error as AWS answers it. A class of ours: moto looks for the service's errors by the module of the class."""


def error(code: str, message: str) -> Failure:
    """An error of the service that the request is for; CODE is one of the service's own."""
    return Failure(code, message)


def given(response: BaseResponse, *keys: str) -> dict[str, Any]:
    """Those of the request's parameters that are there."""
    values = {key: response._get_param(key) for key in keys}
    return {key: value for key, value in values.items() if value is not None}
