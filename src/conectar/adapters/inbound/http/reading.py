"""What comes in: bodies, query parameters, forms and files, checked before anybody acts on them."""

from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from litestar.datastructures import FormMultiDict, UploadFile

from conectar.adapters.inbound.http.call import Call
from conectar.adapters.inbound.http.fields import Body
from conectar.adapters.inbound.http.refusals import Malformed, UnsupportedMediaType
from conectar.adapters.vocabulary.codes import askable
from conectar.application.disputes.show_evidence import Upload
from conectar.application.message import Page
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.money import MalformedAmount, Money

T = TypeVar("T")
B = TypeVar("B", bound=Body)
E = TypeVar("E", bound=Enum)
SKIP_MAX, LIMIT_MAX = 10_000, 100


async def read(call: Call, schema: type[B]) -> B:
    """The JSON body. An absent one counts as `{}`. Raises Malformed, UnsupportedMediaType."""
    sent = await call.body()
    if sent and call.content_type[0] not in ("application/json", ""):
        raise UnsupportedMediaType()
    try:
        return msgspec.json.decode(sent or b"{}", type=schema)
    except msgspec.ValidationError as error:
        raise Malformed.because(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed.because("JSON") from error


async def read_form(call: Call, schema: type[B]) -> B:
    """A form (`application/x-www-form-urlencoded`)."""
    if call.content_type[0] != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType()
    form = await _form(call)
    try:
        return msgspec.convert(dict(form.items()), schema)
    except msgspec.ValidationError as error:
        raise Malformed.because(str(error)) from error


async def _form(call: Call) -> FormMultiDict:
    try:
        return await call.form()
    except (ValueError, LookupError) as error:  # bytes that are no text in their own charset
        raise Malformed() from error


def uid(value: str) -> UUID:
    """An id in a path; what is no id is nobody's."""
    try:
        return UUID(value)
    except ValueError as error:
        raise NotFound() from error


def page(call: Call) -> Page:
    """`?skip=&limit=`."""
    return Page(number(call, "skip", 0, 0, SKIP_MAX), number(call, "limit", 20, 1, LIMIT_MAX))


def number(call: Call, name: str, default: int, least: int, most: int) -> int:
    """A whole number within its bounds."""
    sent = call.query_params.get(name)
    if sent is None:
        return default
    if not (sent.isascii() and sent.isdigit() and len(sent) < 10 and least <= int(sent) <= most):
        raise Malformed.field(name)
    return int(sent)


def words(call: Call, name: str, longest: int) -> str | None:
    """Text to look for."""
    sent = call.query_params.get(name)
    if sent is not None and (len(sent) > longest or "\0" in sent):
        raise Malformed.field(name)
    return sent


def word(call: Call, name: str, enum: type[E]) -> E | None:
    """A code of an enum, of those a filter takes."""
    sent = call.query_params.get(name)
    if sent is None:
        return None
    known = askable(enum)
    if sent not in known:
        raise Malformed.field(name)
    return known[sent]


def moment(call: Call, name: str) -> datetime | None:
    """A time in RFC 3339, with its zone."""
    sent = call.query_params.get(name)
    if sent is None:
        return None
    try:
        found = datetime.fromisoformat(sent)
    except ValueError as error:
        raise Malformed.field(name) from error
    if found.tzinfo is None:
        raise Malformed.field(name)
    try:
        return found.astimezone(UTC)
    except OverflowError as error:
        raise Malformed.field(name) from error


def identifier(call: Call, name: str) -> UUID | None:
    """An id in the query."""
    sent = call.query_params.get(name)
    if sent is None:
        return None
    try:
        return UUID(sent)
    except ValueError as error:
        raise Malformed.field(name) from error


def amount(call: Call, name: str) -> Money:
    """An amount in the query."""
    try:
        return Money.parse(call.query_params.get(name, ""))
    except MalformedAmount as error:
        raise Malformed.field(name) from error


def flag(call: Call, name: str) -> bool | None:
    """`true` or `false`."""
    sent = call.query_params.get(name)
    if sent is None:
        return None
    if sent not in ("true", "false"):
        raise Malformed.field(name)
    return bool(sent == "true")


async def uploads(call: Call, name: str) -> tuple[Upload, ...]:
    """The files of a multipart body that has nothing else, in their order; one at least."""
    if call.content_type[0] != "multipart/form-data":
        raise UnsupportedMediaType()
    form = await _form(call)
    sent = form.getall(name, [])
    named = [f for f in sent if isinstance(f, UploadFile) and "\0" not in f.filename]
    if set(form.keys()) != {name} or len(named) < len(sent):
        raise Malformed.field(name)
    return tuple([Upload(one.filename or name, await one.read()) for one in named])


async def files(call: Call, names: tuple[str, ...], texts: tuple[str, ...]) -> dict[str, Any]:
    """The parts of a multipart body, each once and all of them: bytes for files, text for text."""
    if call.content_type[0] != "multipart/form-data":
        raise UnsupportedMediaType()
    form = await _form(call)
    parts = {name: form.getall(name, []) for name in dict.fromkeys(form.keys())}
    unknown = parts.keys() - {*names, *texts}
    if unknown:
        raise Malformed.field(sorted(unknown)[0])
    found: dict[str, Any] = {}
    for name in (*names, *texts):
        sent = parts.get(name, [])
        if len(sent) != 1 or isinstance(sent[0], UploadFile) != (name in names):
            raise Malformed.field(name)
        found[name] = await sent[0].read() if name in names else str(sent[0])
        if name in texts and "\0" in found[name]:
            raise Malformed.field(name)
    return found
