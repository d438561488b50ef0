"""Predicate type URIs: ours, under the one constant prefix, and those of others that we read or write."""

from typing import Final

from tashika.core.ids import URI_PREFIX

EVAL_RESULT: Final = URI_PREFIX + "eval-result/v0.1"
PLAN: Final = URI_PREFIX + "plan/v1"
RECORD: Final = URI_PREFIX + "record/v1"
KEY_EVENT: Final = URI_PREFIX + "key-event/v1"
WITHDRAWAL: Final = URI_PREFIX + "withdrawal/v1"
ABANDONED: Final = URI_PREFIX + "abandoned/v1"
COUNTER: Final = URI_PREFIX + "counter-statement/v1"
CATALOGUE: Final = URI_PREFIX + "catalogue/v1"
REPORT: Final = URI_PREFIX + "report/v1"

OURS: Final = frozenset({EVAL_RESULT, PLAN, RECORD, KEY_EVENT, WITHDRAWAL, ABANDONED, COUNTER, CATALOGUE, REPORT})

TEST_RESULT: Final = "https://in-toto.io/attestation/test-result/v0.1"
SVR: Final = "https://in-toto.io/attestation/svr/v0.2"
IN_TOTO_EVAL_RESULT: Final = "https://in-toto.io/attestation/eval-result/v0.1"
OMS_SIGNATURE: Final = "https://model_signing/signature/v1.0"
