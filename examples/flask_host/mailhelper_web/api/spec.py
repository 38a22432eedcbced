"""The OpenAPI description of the API, and how a model becomes JSON."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, TypeVar

from flask import Response, g, jsonify, request
from pydantic import BaseModel
from spectree import Response as Answers
from spectree import SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData

from mailhelper_core import OwnerServices
from mailhelper_web.api.models import Failure
from mailhelper_web.owner import services_of

M = TypeVar("M", bound=BaseModel)

SPEC = SpecTree(
    "flask",
    title="mailhelper",
    version="1",
    path="apidoc",
    filename="openapi.json",
    mode="strict",
    page_templates={},
    validation_error_status=422,
    validation_error_model=Failure,
    security_schemes=[SecurityScheme(name="token", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))],
    security={"token": []},
)
# Only described by it: a report about an answer that does not fit would carry mail into the log.
describe = partial(SPEC.validate, skip_validation=True)


def asked_query(model: type[M]) -> M:
    """Answer the query of the request, read. Raises ValidationError."""
    return model.model_validate(request.args.to_dict())


def asked_body(model: type[M]) -> M:
    """Answer the JSON body of the request, read. Raises ValidationError."""
    return model.model_validate(request.get_json(silent=True))


def answers(
    model: type[M] | type[list[M]] | None = None, *, status: int = 200, kind: type[Answers] = Answers
) -> Answers:
    """Answer the description of what a view may answer."""
    good = {f"HTTP_{status}": model}
    bad = dict.fromkeys(("HTTP_400", "HTTP_401", "HTTP_404", "HTTP_409", "HTTP_429", "HTTP_503"), Failure)
    return kind(**good, **bad)


class FileAnswers(Answers):
    """What a view may answer that sends a file, which may still be on the mail server."""

    def __init__(self, **models: Any) -> None:
        super().__init__(HTTP_502=Failure, **models)

    def generate_spec(self, *given: Any, **named: Any) -> dict[str, Any]:
        """Answer the description: a good answer is octets."""
        found: dict[str, Any] = super().generate_spec(*given, **named)
        found["200"]["content"] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        return found


def mine() -> OwnerServices:
    """Answer the services of the token's user."""
    return services_of(g.api_user.owner)


def as_json(model: BaseModel, status: int = 200) -> tuple[Response, int]:
    """Answer a model as JSON."""
    return jsonify(model.model_dump(mode="json", by_alias=True)), status


def many_as_json(models: Sequence[BaseModel]) -> Response:
    """Answer models as a JSON list."""
    return jsonify([model.model_dump(mode="json", by_alias=True) for model in models])
