"""What somebody wrote newly, what they quote, and their signature, told apart in plain text.

One pass over the lines. The marks are those that mail programs write, in the languages that they write them in.
"""

import re
from dataclasses import dataclass

_LINES = 20_000
_SIGNATURE_LINES = 25
_LINE = 400

_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|schreef|geschreven|skrev|a [ée]crit|écrit|escribi[óo]|escreveu|ha scritto"
    r"|scrisse|napisała?|napisał\(a\)"
    r"|kirjoitti|írta|a scris|napsal|написала?|пишет|пользователь|yazdı)(?!\w)|写道|のメッセージ",
    re.I,
)
_ATTRIBUTION_START = re.compile(
    r"(?:on|am|le|el|em|op|il|den|w dniu|dnia|pe|în data|dne|за|в|vào|tarihinde|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
    r"|[\w.\"'<(@+-])",
    re.I,
)
_DATED = re.compile(r"\d")
# Mail programs of Russia write date, name and address and no verb.
_DATED_ADDRESS = re.compile(r"(?:[^\W\d]{2,4}\.?, )?\d{1,4}[ ./-].{4,200}<[^<>\s]{1,100}@[^<>\s]{1,100}>\s?:$")
_RULE = re.compile(
    r"[-_=*>\s]{0,40}(?P<what>"
    r"(?:begin )?forwarded (?:message|mail|by)|weitergeleitete (?:nachricht|e-?mail)|message transféré"
    r"|mensaje reenviado|mensagem (?:encaminhada|reencaminhada)"
    r"|messaggio inoltrato|doorgestuurd bericht|(?:przekazana wiadomość|treść przekazanej wiadomości)"
    r"|videresendt|vidarebefordrat|пересылаемое сообщение"
    r"|(?:anfang der )?weitergeleiteten? (?:nachricht|e-?mail)|début du message (?:transféré|réexpédié)|転送メッセージ"
    r"|转发的?邮件"
    r"|original (?:message|appointment|mail)|ursprüngliche (?:nachricht|mail)|originalnachricht"
    r"|message d['’]origine|message original|mensaje original"
    r"|mensagem original|messaggio originale|oorspronkelijk bericht|original ?meddelelse"
    r"|ursprungligt meddelande|wiadomość oryginalna|исходное сообщение"
    r"|reply message|antwort nachricht|原始邮件|元のメッセージ)\b.{0,80}",
    re.I | re.S,
)
_FORWARDS = re.compile(
    r"forward|weitergeleitet|transfér|réexpédi|reenviado|encaminhad|inoltrato|doorgestuurd|przekazan"
    r"|videresendt|vidarebefordrat|пересыл|転送|转发",
    re.I,
)
_FROM = frozenset(
    [
        "from",
        "von",
        "de",
        "da",
        "van",
        "od",
        "från",
        "fra",
        "от",
        "lähettäjä",
        "feladó",
        "kimden",
        "expéditeur",
        "mittente",
        "remitente",
        "发件人",
        "差出人",
    ]
)
_DATES = frozenset(["date", "sent", "subject", "datum", "gesendet", "betreff"])
_FIRST = _FROM | _DATES
_OTHERS = frozenset(
    [
        "sent",
        "date",
        "to",
        "cc",
        "subject",
        "gesendet",
        "datum",
        "an",
        "betreff",
        "kopie",
        "envoyé",
        "envoye",
        "date",
        "à",
        "a",
        "objet",
        "enviado",
        "enviada",
        "enviado-el",
        "fecha",
        "para",
        "asunto",
        "assunto",
        "data",
        "inviato",
        "oggetto",
        "verzonden",
        "aan",
        "onderwerp",
        "wysłano",
        "do",
        "temat",
        "skickat",
        "till",
        "ämne",
        "sendt",
        "til",
        "emne",
        "дата",
        "отправлено",
        "кому",
        "тема",
        "копия",
        "reply-to",
        "gesendet-am",
        "发送时间",
        "收件人",
        "主题",
        "日期",
        "送信日時",
        "宛先",
        "件名",
        "importance",
    ]
)
_MOBILE = re.compile(
    r"(?:sent from|sent with|sent via|get outlook for|gesendet mit|von meinem|diese nachricht wurde von"
    r"|envoyé de|envoyé depuis|télécharger outlook|enviado desde|enviado do"
    r"|enviado a partir|inviato da|verzonden (?:vanaf|met)|wysłan[eo] z|skickat från|sendt fra|отправлено с"
    r"|outlook für|holen sie sich outlook)\b",
    re.I,
)
_FORWARD_SUBJECT = re.compile(
    r"\s*(?:\[[^\]]{0,40}\]\s*)?(?:fwd?|wg|tr|rv|enc|encaminhado|i|pd|vs|vb|doorst|转发)\s{0,2}:", re.I
)
_REPLY_SUBJECT = re.compile(
    r"\s*(?:\[[^\]]{0,40}\]\s*)?(?:re|aw|sv|antw|ré|odp|res|rif|回复|antwort)\s{0,2}(?:\[\d{1,3}\])?:", re.I
)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A text in its three parts; `forwarded` says that what is quoted was sent on, not answered."""

    text: str
    quoted: str = ""
    signature: str = ""
    forwarded: bool = False


def is_forward(subject: str) -> bool:
    """Whether a subject begins as those of forwarded mail do."""
    return bool(_FORWARD_SUBJECT.match(subject))


def starts_forward(quoted: str) -> bool:
    """Whether a quoted text begins with the line that mail programs put before a forwarded mail."""
    first = quoted.lstrip().partition("\n")[0].strip()
    rule = _RULE.fullmatch(first) if len(first) < 160 else None
    return bool(rule and _FORWARDS.search(rule["what"]))


def is_reply(subject: str) -> bool:
    """Whether a subject begins as those of answers do."""
    return bool(_REPLY_SUBJECT.match(subject))


def split(text: str, *, answers: bool = False) -> Quoted:
    """Tell a text apart. `answers` says that its mail is an answer to one (by its headers): then an unmarked block
    of mail headers in it begins a quote, otherwise a forwarded mail. Line breaks are LF."""
    if not text:
        return Quoted("")
    lines = text.split("\n", _LINES)
    rest = lines.pop() if len(lines) > _LINES else ""
    own: list[str] = []
    quoted: list[str] = []
    forwarded, place, count = False, 0, len(lines)
    while place < count:
        line = lines[place]
        if line[:1] == ">" and not line.startswith(">From "):
            quoted.append(line)
            place += 1
            continue
        stripped = line.strip()
        if stripped and (
            stripped[0] in "-_=*"
            or stripped[-1] in ":："
            or ((":" in stripped[:24] or "：" in stripped[:12]) and _label(stripped) in _FIRST)
        ):
            kind, before = _mark(lines, place, stripped)
            if kind == "attribution":
                before = min(before, len(own))
                quoted.extend((*own[len(own) - before :], line))
                del own[len(own) - before :]
                place += 1
                if not _quotes_follow(lines, place):
                    quoted.extend(lines[place:])
                    break
                continue
            if kind:
                forwarded = kind == "forward" or (kind == "headers" and not answers)
                quoted.extend(lines[place:])
                break
        own.append(line)
        place += 1
    if rest:
        (quoted if place < count else own).append(rest)
    written, signature = _signature(own)
    return Quoted(written, _unquoted(quoted), signature, forwarded)


def _mark(lines: list[str], place: int, stripped: str) -> tuple[str, int]:
    """What begins at a line: `attribution` (with the number of lines before this one that belong to it), `forward`,
    `headers`, or "" for nothing."""
    if len(stripped) > _LINE:
        return "", 0
    first = stripped[0]
    rule = _RULE.fullmatch(stripped) if len(stripped) < 160 and any(map(str.isalpha, stripped[:45])) else None
    if rule and (first in "-_=*" or stripped[-1] == ":" or _headers_follow(lines, place + 1)):
        return ("forward" if _FORWARDS.search(rule["what"]) else "headers"), 0
    if _label(stripped) in _FROM and _headers_follow(lines, place + 1):
        return "headers", 0
    if stripped.startswith(("____", "----")) and not stripped.strip("_-"):
        following = _next_filled(lines, place + 1)
        if following >= 0 and _label(lines[following]) in _FROM and _headers_follow(lines, following + 1):
            return "headers", 0
    if stripped[-1] in ":：":
        return _attribution(lines, place)
    if (
        _label(stripped) in _DATES
        and _headers_follow(lines, place + 1)
        and any(_label(line) in _FROM for line in lines[place : place + 8])
    ):
        return "headers", 0
    return "", 0


def _attribution(lines: list[str], place: int) -> tuple[str, int]:
    """Whether an attribution ("On ... X wrote:") ends at a line, and how many lines before belong to it: as many as it
    takes to find a date, for long ones are folded."""
    found, joined = ("", 0), ""
    for before in range(min(3, place + 1)):
        line = lines[place - before].strip()
        if not line or line[0] == ">":
            break
        joined = f"{line} {joined}"
        if _ATTRIBUTION_START.match(joined) and _is_attribution(joined.rstrip()):
            found = "attribution", before
            if _DATED.search(joined):
                break
    return found


def _is_attribution(text: str) -> bool:
    """Whether a text that ends in a colon names a writer and a time or an address. The end alone is a short "Bob
    wrote:"."""
    if len(text) > _LINE:
        return False
    if not _WROTE.search(text):
        return bool(_DATED_ADDRESS.match(text))
    return bool(_DATED.search(text)) or "@" in text or (len(text) < 60 and bool(_WROTE.search(text[-20:])))


def _quotes_follow(lines: list[str], place: int) -> bool:
    following = _next_filled(lines, place)
    return following >= 0 and lines[following][:1] == ">"


def _next_filled(lines: list[str], place: int) -> int:
    """The next line that is not blank among the next few; -1 for none."""
    for following in range(place, min(place + 4, len(lines))):
        if lines[following] and not lines[following].isspace():
            return following
    return -1


def _headers_follow(lines: list[str], place: int) -> bool:
    """Whether lines like those of a mail's head stand here: at least two known labels among the next eight lines."""
    known = seen = 0
    for line in lines[place : place + 16]:
        if line and not line.isspace():
            label = _label(line)
            known += label in _OTHERS or label in _FROM
            seen += 1
            if known >= 2:
                return True
            if seen >= 8:
                return False
    return False


def _label(line: str) -> str:
    """What stands before the colon at the start of a line, lower case, without marks of emphasis."""
    label, colon, _ = line[:40].lstrip("> *_\t").partition(":")
    if not colon:
        label, colon, _ = line[:40].lstrip("> *_\t").partition("：")
    return label.strip(" *_\xa0").lower() if colon else ""


def _unquoted(lines: list[str]) -> str:
    """Quoted lines without one level of quote marks."""
    return "\n".join([line[1:].removeprefix(" ") if line[:1] == ">" else line for line in lines]).strip()


def _signature(lines: list[str]) -> tuple[str, str]:
    """The text before the signature, and the signature. Text that would be all signature is text."""
    while lines and not lines[-1].strip():
        lines.pop()
    count = len(lines)
    place = _signature_place(lines, count)
    text = "\n".join(lines[:place]).strip()
    if not text:
        return "\n".join(lines).strip(), ""
    signature = "\n".join(lines[place:]).strip()
    return text, signature.strip("-—_ \n") if signature[:1] in "-—_–" else signature


def _signature_place(lines: list[str], count: int) -> int:
    """The line at which the signature begins; `count` for none."""
    for place in range(max(0, count - _SIGNATURE_LINES), count):
        line = lines[place].rstrip()
        if line in {"--", "—", "––"} or (len(line) >= 30 and not line.strip("_")):
            return place
    for place in range(max(0, count - 5), count):
        if len(lines[place]) < 80 and _MOBILE.match(lines[place].strip(" *_<")):
            return place
    return count
