"""What a file is, by what is in it and never by its name."""

from conectar.domain.kernel.errors import DomainError, Kind

SIZE_MAX = 8 * 1024 * 1024


class NotAnImage(DomainError):
    """JPEG, PNG or WebP, by content."""

    kind = Kind.UNSUPPORTED


class NotEvidence(DomainError):
    """JPEG, PNG, WebP or PDF, by content."""

    kind = Kind.UNSUPPORTED


class FileTooLarge(DomainError):
    """More than 8 MiB."""

    kind = Kind.TOO_LARGE


def image_type(content: bytes) -> str:
    """The media type its first bytes tell. Raises NotAnImage, FileTooLarge."""
    if len(content) > SIZE_MAX:
        raise FileTooLarge(megabytes=SIZE_MAX // 1024**2)
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    raise NotAnImage()


def evidence_type(content: bytes) -> str:
    """The media type of what may be shown in a dispute. Raises NotEvidence, FileTooLarge."""
    if content.startswith(b"%PDF-") and len(content) <= SIZE_MAX:
        return "application/pdf"
    try:
        return image_type(content)
    except NotAnImage as error:
        raise NotEvidence() from error
