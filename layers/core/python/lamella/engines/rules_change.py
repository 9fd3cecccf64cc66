"""How change is said: what a clause ends, what it puts in another's place, and that it is news."""

from __future__ import annotations

from typing import NamedTuple

from lamella.regex import mentions, regex

_VERY = r"(?:just |finally |completely |pretty much |totally |officially |recently |also |now )*"
_QUIT = (
    r"(?:quit|quitting|stopp?(?:ed|ing)?|g(?:a|i)ve up(?: on)?|given up(?: on)?|giving up|dropped"
    r"(?: out of)?|ditched|cancell?ed|(?:get|got|gotten) rid of|cut out|swore off|sworn off"
    r"|returned|sold|lost|left|leaving|closed|deleted|uninstalled|threw (?:out|away)|gave away"
    r"|retired from|resigned from|(?:am |'m |is |are )?(?:done|through|finished) with"
    r"|walked away from|said goodbye to|moved (?:away from|out of)|parted ways with|unsubscribed"
    r" from|broke up with|split(?: up)? with|let go of|phased out|stepped down (?:as|from)"
    r"|grown out of|grew out of|traded in|kicked|stepped back from|gone off|went off|scrapped"
    r"|abandoned|rehomed|called off|wiped|donated|terminated|ended|dumped|withdrew from|got over"
    r"|outgrew|finished|fell out with|broke"
    r"|no longer (?:have|own|use|do|need|take))"
)
_SOMEBODY = r"(?<=[\w\-]\s)"
"""That a word stands before the verb: whose it is, or "just", which tells no more."""
_WHAT = r"(?P<what>[^,;!?]+?)"
_CHANGED = (
    r"(?:switch(?:ed|ing)?|chang(?:ed|ing)|mov(?:ed|ing)|migrat(?:ed|ing)|upgrad(?:ed|ing)"
    r"|downgrad(?:ed|ing)|went|transferred|convert(?:ed)?|jumped|graduated|transition(?:ed|ing)"
    r"|updat(?:ed|ing)|rewrote|rewritten|rebuilt|ported|redid|redone|renamed|repainted|renovated"
    r"|replaced|swapped|postponed|extended|delayed|pushed|rescheduled|shifted|raised|increased"
    r"|lowered|reduced|cut|bumped|set|brought|rotated|reset|edited|revised|refinanced)"
)
_MINE = r"(?:(?:all|both|most) (?:of )?)?(?:my|our|the)"
_START = r"(?:^|(?<=[,;!?]))"
_THING = r"(?P<thing>(?:[\w'\-]+ ){0,2}?[\w'\-]+?)"

_FROM_TO = (
    regex(
        rf"\b{_CHANGED} (?:{_MINE} {_THING} )?(?:over |back |up )?from (?P<old>[^,;!?]+?) "
        rf"(?:over )?"
        r"to (?P<new>[^,;!?]+)"
    ),
    regex(
        r"\b(?:swapp?(?:ed)?|replac(?:ed|ing)|trad(?:ed|ing)|exchang(?:ed|ing)|ditch(?:ed)?|dropped"
        r"|sold|gave up|left) (?:in |out )?(?P<old>[^,;!?]+?) (?:for|with|by|and bought|and got) "
        r"(?P<new>[^,;!?]+)"
    ),
    regex(
        r"\b(?P<new>(?:[\w.+#]+ ){1,4}?)(?:instead of|rather than|in place of) (?P<old>[^,;!?]+)"
    ),
    regex(rf"{_START}(?P<new>[^,;!?]+?),? (?:and )?not (?P<old>(?:an? )?[A-Z][^,;!?]*)$"),
    regex(r"\b[Nn]ot (?P<old>[^,;!?]+?)(?: any ?more)?(?:, but|,) (?P<new>[^,;!?]+)"),
    regex(rf"{_START}(?P<new>[^,;!?]+?) (?:has )?replaced (?P<old>[^,;!?]+)"),
)
_CHANGED_THING = (
    regex(
        rf"\b{_CHANGED} {_MINE} {_THING}(?= (?:over|back|forward|up|down|to|until|till|from|in|into"
        r"|for|with|by|again|last|this|yesterday|today|recently|completely)\b|$)"
        r"(?:.*? (?:to|into|in) (?P<new>[^,;!?]+))?"
    ),
    regex(
        rf"(?i)^{_MINE} {_THING} (?:is|are|was|were|got|has been|have been|had to be|will be) "
        rf"(?:now )?"
        r"(?:moved|switched|changed|postponed|pushed|rescheduled|delayed|extended|raised|lowered"
        r"|increased|replaced|renamed|shifted|cancelled|brought)\b(?:.*? to (?P<new>[^,;!?]+))?"
    ),
    regex(
        rf"(?i)^{_MINE} {_THING} (?:moved|changed|switched|went up|went down|rose|dropped) to "
        rf"(?P<new>[^,;!?]+)"
    ),
    regex(
        rf"\b(?:have|has|'ve|'s|got|gotten) (?:got )?a (?:brand )?new {_THING}(?: (?:called"
        rf"|named) |, | from |$)(?P<new>[^,;!?]+)?"
    ),
)
_RAISED = regex(
    rf"\b{_CHANGED} (?P<thing>[A-Z][\w.+#]*) (?:up )?(?:from \S+ )?to (?P<new>[^,;!?]+)"
)
_COLOURED = regex(
    r"\b(?:dyed|painted|colou?red|shaved|trimmed|renamed|repainted|refurbished|rearranged|fixed) "
    r"(?:my|our|the) (?P<thing>\w+)(?P<new>)"
)
returned = mentions(r"\b(?:back (?:to|on|at|in|with|into)|again|returned to|resumed)\b")
"""Whether a clause goes back to what was left."""

_CHANGED_TO = regex(
    rf"\b{_CHANGED} (?:over |back |up |down )*(?:to|with|for) (?:using |being )?(?P<new>[^,;!?]+)"
)
_PARTED = regex(
    r"(?i)^(?P<what>[^,;!?]+?) (?:and|\+) (?:I|me) (?:have |are |just |finally )*(?:broke|split"
    r"|separated"
    r"|divorced|parted|no longer|over|done|history|called it quits|went our separate)\b"
)
_BEFORE = r"(?i)^(?:so |well |now |sadly |unfortunately )*(?P<what>[^,;!?]+?)"
_ALREADY = r"(?: now| finally| sadly| recently| just| already| all)*"
_GONE = (
    regex(
        rf"{_BEFORE}(?: has| have| is| are| had| got| was| were|'s|'re){_ALREADY} (?:gone|dead"
        rf"|stolen"
        r"|history|over|no more|off the table|expired|cancell?ed|totall?ed|out of business|broken"
        r"|put down|put to sleep|no longer (?:an option|with us|a thing)|called off|off(?=$)"
        r"|closed|shut"
        r"|discontinued|disbanded|dissolved|torn down|left|retired|quit|resigned)\b"
    ),
    regex(
        rf"{_BEFORE}{_ALREADY} (?:died|passed away|ran away|moved out|broke down|broke up|split up"
        r"|closed(?: down)?|shut down|went (?:downhill|bust|under)|fell through|disbanded|expired"
        r"|broke(?=$)|slipped away)"
    ),
)
_WENT = regex(
    r"^(?:so |well |now )*(?P<what>(?:(?:Dr|Mrs?|Ms|Prof)\.? )?(?!I\b|We\b)[A-Z][\w\-]+)(?: has"
    r"| is)?"
    r"(?: just| recently)? (?:retired|resigned|moved away|left(?= (?:us|last|in|on|yesterday"
    r"|the|for)\b|$)"
    r"|quit$|(?:dumped|left) (?:me|us)|broke up with me)(?! (?:my|a)\b)"
)
_ENDED = (
    _PARTED,
    _WENT,
    regex(rf"{_SOMEBODY}gave (?P<what>(?:my|our|the) [^,;!?]+?) to\b"),
    regex(rf"(?:'m|'re|'s|\b(?:am|are|is|been|gone|went|come|came)) {_VERY}(?:off|over) {_WHAT}$"),
    regex(rf"{_SOMEBODY}{_QUIT} (?!to\b|that\b){_WHAT}(?: (?:for good|altogether))?$"),
    regex(rf"{_SOMEBODY}let {_WHAT} (?:lapse|expire|run out)\b"),
    regex(rf"(?i)^there(?:'s| is| are) no(?: more| longer)? {_WHAT}$"),
    regex(rf"(?i)\bthat(?:'s| is| was) it (?:for|with) {_WHAT}$"),
    regex(rf"{_SOMEBODY}(?:haven't|hasn't) got {_WHAT}$"),
    regex(rf"{_SOMEBODY}(?:gave|threw|put|called) {_WHAT} (?:away|up|to sleep|down|out|off)\b"),
    regex(rf"(?i)\b(?:no more|enough of|so long|goodbye|bye[- ]bye|forget(?: about)?) {_WHAT}$"),
    regex(rf"(?i)\bused to (?:\w+ )?{_WHAT}$"),
    *_GONE,
)
_NEWS = mentions(
    r"\b(?:now|nowadays|these days|instead|from now on|currently|lately|since|by now|again|back"
    r"|actually|turns out|after all|at last|changed|switch\w*|moved|migrated|upgraded|downgraded"
    r"|cut (?:back|down)|down to|up to|any ?more|no longer|decided|ended up|went with|stick\w* with"
    r"|rewrote|scrap|scratch|strike|correction|meant|postponed|extended|raised|increased|lowered"
    r"|reduced|promoted|got a raise|started|became|new|sorry|wrong|mistake|typo|misspoke"
    r"|in the end|rather|finally|oops|have become|has become|mostly|update|changes?|replaced)\b"
)
beside = mentions(
    r"\b(?:too(?=\s*(?:[.,;!?]|$|now\b|these\b))|also|as well|besides|another|second|third one"
    r"|additionally|in addition|both"
    r"|plus|on top of|alongside|as much as)\b(?! (?:grade|year|class|floor|semester))"
)
"""Whether what a sentence says is true beside what was said before."""

instead = mentions(r"\b(?:instead|rather|no longer)\b(?! than\b)")
"""Whether what a sentence says takes another's place, whatever that was."""

_ABOUT_ONESELF = (_PARTED, _WENT, *_GONE)


class Exchange(NamedTuple):
    """What gave way, the thing of which there is another now, and what came instead."""

    old: str | None
    thing: str | None
    new: str | None


def exchanged(clause: str) -> Exchange | None:
    """What the clause says was exchanged for what, if it does."""
    for pattern in _FROM_TO:
        if match := pattern.search(clause):
            return Exchange(match["old"], match.groupdict().get("thing"), match["new"])
    for pattern in (*_CHANGED_THING, _COLOURED, _RAISED):
        if match := pattern.search(clause):
            return Exchange(None, match["thing"], match["new"])
    match = _CHANGED_TO.search(clause)
    return Exchange(None, None, match["new"]) if match else None


def ended(clause: str) -> str | None:
    """What the clause says is over, if it does."""
    return next((match["what"] for pattern in _ENDED if (match := pattern.search(clause))), None)


def gone(clause: str) -> bool:
    """Whether what is over is the subject itself: "Minka died" tells of the speaker's cat."""
    return any(pattern.search(clause) for pattern in _ABOUT_ONESELF)


def news(sentence: str) -> bool:
    """Whether the sentence says of itself that something has changed."""
    return _NEWS(sentence) and not beside(sentence)
