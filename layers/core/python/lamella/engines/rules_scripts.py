"""Slots in Chinese, Japanese and Arabic: where somebody lives and works, and what they use.

Only what is said of oneself: each pattern begins where a clause does, with the speaker or nobody.
"""

from __future__ import annotations

from operator import itemgetter

from lamella.engines.rules_grammar import rule

_ZH = (
    r"(?:^|[\uff0c,\u3002;\uff1b\s])(?:上个月|上周|去年|今年|最近|昨天|前天)?"
    r"(?:我们|我)?(?:现在|目前|已经|还|又|不再|不)*"
)
_ZH_PLACE = r"(?P<value>[^\s,\uff0c\u3002!\uff01?\uff1f了的]{1,12})"
_ZH_USED = (
    r"(?:改|现在|还|正在)*(?:用|使用|换成|换了|改用)(?:的是|了)?"
    r"(?P<value>[^\s,\uff0c\u3002了的]{1,14}?)(?P<thing>手机|数据库|电脑|浏览器|编辑器|框架|相机|语言)"
)
_JA = r"(?:^|[\u3001\u3002\s])(?:私は|私たちは|僕は|俺は)?(?:今は|いまは|現在は|今|現在)?\u3001?"
_JA_PLACE = r"(?P<value>[^\s\u3001\u3002はがをに]{1,16})"
_AR = r"(?:^|[\u060c,.\s])(?:أنا |نحن )?(?:الآن )?(?:لم أعد )?"
_AR_PLACE = r"(?:الآن )?(?:في|لدى|عند) (?P<value>[^\s\u060c,.!\u061f]+)"

RULES = (
    rule("home", "lives in", rf"{_ZH}(?:住在|搬到了?|定居在?){_ZH_PLACE}"),
    rule("uses", "uses", rf"{_ZH}(?:的项目|项目|团队|公司)?{_ZH_USED}", itemgetter("thing")),
    rule("home", "lives in", rf"{_JA}{_JA_PLACE}に(?:住んで|引っ越し)"),
    rule("home", "lives in", rf"{_AR}و?(?:أسكن|نسكن|أعيش|نعيش) {_AR_PLACE}"),
    rule("work", "works at", rf"{_ZH}在{_ZH_PLACE}(?:工作|上班)"),
    rule("work", "works at", rf"{_JA}{_JA_PLACE}(?:で働いて|に勤めて)"),
    rule("work", "works at", rf"{_AR}و?أعمل {_AR_PLACE}"),
)
