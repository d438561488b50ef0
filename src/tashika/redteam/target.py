"""What a campaign talks to. Anything with this face can be red-teamed: an endpoint, a local model, a test double."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from tashika.core.ids import Sha256Hex


@dataclass(frozen=True, kw_only=True)
class ChatRequest:
    """One single-turn question.

    Attributes:
        system: the system message, or None to send none.
        prompt: the user's message.
        max_tokens: longest answer, in tokens of the model.
        temperature: 0 to 2.
        seed: 0 to 2^31 - 1, for endpoints that honour it.
    """

    system: str | None
    prompt: str
    max_tokens: int
    temperature: Decimal
    seed: int


@dataclass(frozen=True, kw_only=True)
class ChatReply:
    """One answer, whole.

    Attributes:
        text: what the model said; may be empty.
        model: the model's name as the endpoint gives it, or None.
        finish_reason: ``stop``, ``length``, ``content_filter`` …, or None.
        prompt_tokens, completion_tokens: as the endpoint counts them, or None.
        body_sha256: digest of the response body as received.
        attempts: how many requests it took, the successful one included.
    """

    text: str
    model: str | None
    finish_reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    body_sha256: Sha256Hex
    attempts: int = 1


class Target(Protocol):
    """Answers questions, several at a time."""

    async def ask(self, request: ChatRequest) -> ChatReply:
        """Ask one question.

        Raises:
            CallError: this call failed for good, after all retries.
            WrongKeyError: the key is refused; no other call can succeed either.
            NoSuchEndpointError: the address or the model does not exist; no other call can succeed either.
        """
        ...
