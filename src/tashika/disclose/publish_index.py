"""The tree's front page: small, bilingual, no JavaScript; says how to check it and what a signature does not prove."""

from collections.abc import Iterable
from html import escape

from tashika.core.ids import KeyId, OrgId, SystemName
from tashika.evidence.predicate_publish import CatalogueClaim

_STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.7 system-ui,'Hiragino Sans','Noto Sans JP',sans-serif;"
    "max-width:46rem;margin:3rem auto;padding:0 1rem}code{overflow-wrap:anywhere}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:start;padding:.3rem .6rem .3rem 0;"
    "border-bottom:1px solid;vertical-align:top}"
)
_WORDS = {
    "en": (
        "What {org} publishes about its AI systems",
        "Signed evidence for the Hiroshima AI Process. A signature proves who said something, not that it is true.",
        "Systems",
        "Claims",
        "Report",
        "How to check this",
        "Compare this fingerprint with one that you got from {org} in another way:",
    ),
    "ja": (
        "{org} が自らのAIシステムについて公開する情報",
        "広島AIプロセスのための署名付きエビデンスです。署名が示すのは「誰がいつ述べたか」であり、内容が真実であることではありません。",
        "システム",
        "主張",
        "報告書",
        "確認のしかた",
        "次のフィンガープリントを、{org} から別の経路で得たものと照合してください。",
    ),
}


def index_page(
    org: OrgId, systems: Iterable[SystemName], claims: Iterable[CatalogueClaim], fingerprint: KeyId
) -> bytes:
    """The page, in UTF-8; the same input gives the same bytes."""
    listed, names = sorted(claims, key=lambda claim: claim.address), sorted(systems)
    body = "".join(_section(lang, org, names, listed, fingerprint) for lang in _WORDS)
    page = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(org)}</title>'
        f"<style>{_STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )
    return page.encode()


def _section(lang: str, org: str, systems: list[SystemName], claims: list[CatalogueClaim], fingerprint: KeyId) -> str:
    title, says, systems_word, claims_word, report_word, check, compare = (
        escape(text.format(org=org)) for text in _WORDS[lang]
    )
    rows = "".join(
        f'<tr><td><a href="claims/{escape(claim.address)}.json"><code>{escape(claim.address)}</code></a></td>'
        f'<td><a href="{escape(claim.report)}">{report_word}</a></td></tr>'
        for claim in claims
    )
    table = f"<h2>{claims_word} ({len(claims)})</h2><table><tbody>{rows}</tbody></table>" if claims else ""
    listed = "".join(f"<li>{escape(name)}</li>" for name in systems)
    return (
        f'<section lang="{lang}"><h1>{title}</h1><p>{says}</p>'
        + (f"<h2>{systems_word}</h2><ul>{listed}</ul>" if systems else "")
        + f"<h2>{check}</h2><p>{compare}<br><code>{fingerprint}</code></p>"
        f"<pre><code>tashika verify . --key {fingerprint}</code></pre>{table}</section>"
    )
