"""Text in format=flowed (RFC 3676) with its soft line breaks taken out."""

_SIGNATURE = "-- "


def join(text: str, *, keep_space: bool) -> str:
    """Paragraphs on one line each; quote depth decides what belongs together. `keep_space` is DelSp=no, the default."""
    if " \n" not in text:
        return text
    out: list[str] = []
    open_depth, flowing = 0, False
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">")) if line[:1] == ">" else 0
        content = line[depth:].removeprefix(" ") if depth else line.removeprefix(" ")
        soft = content.endswith(" ") and content != _SIGNATURE
        if flowing and depth == open_depth and content != _SIGNATURE:
            out[-1] += content if keep_space or not soft else content[:-1]
        else:
            mark = ">" * depth + " " if depth else ""
            out.append(mark + (content if keep_space or not soft else content[:-1]))
        open_depth, flowing = depth, soft
    return "\n".join(out)
