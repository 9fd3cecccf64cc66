"""Small talk in other languages than English: a sentence in which nothing else is said.

It is one if every word of it belongs to a language's small talk, and at least one of them greets,
thanks, agrees or takes leave (a courtesy), or praises, pities or wonders (a reaction). Chinese,
Japanese and Korean, which run on without spaces, are taken apart into such words first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from lamella.text import CJK
from lamella.wordlists import words

LONGEST = 10
"""Words of the longest small talk; more of them tell something."""


class _Words(NamedTuple):
    """What courtesies and reactions are made of, and what may stand around either."""

    courtesies: frozenset[str]
    reactions: frozenset[str]
    around: frozenset[str]


_GERMAN = _Words(
    courtesies=words(
        """
        hallo moin servus guten gute grüß tschüss tschüs ciao wiedersehen danke dank dankeschön
        bitte gern gerne ursache klar ordnung ok okay ja nein doch genau stimmt richtig natürlich
        verstehe verstanden aha ach entschuldigung gut schönes schönen bis willkommen bestens
        """
    ),
    reactions=words(
        """
        toll super schön klasse prima wunderbar großartig fantastisch interessant spannend lecker
        lustig witzig traurig schade schrecklich furchtbar schlimm lieb nett süß cool genial
        perfekt beeindruckend herrlich traumhaft wahnsinn unglaublich wow echt wirklich oje sinn
        wusste freue freut froh stolz gespannt daumen glückwunsch gratuliere erfolg glück spaß
        besserung leid sorgen recht schaffst weiter zustimme
        """
    ),
    around=words(
        """
        das es dies ist war wird wäre klingt hört sieht schmeckt sich an aus von für dich dir euch
        ihnen ich mich mir du ihr wir uns aber so total sehr ganz wohl bestimmt einfach wie auch
        noch gar nicht macht machen ergibt glaube kenne kann verstehen tut darauf drauf bin drücke
        drück die den der dem alles alle liebe herzlichen vielen tausend viel dabei damit morgen
        zum zur idee reise fahrt hast da völlig keine kein problem mach mach's mal info hilfe
        nachricht tipp tag abend nacht woche wochenende urlaub später dann bald gleich auf und oh
        ah hm na ein einen einem geht geht's schlecht nächste mehr zu hören sagen denke finde hoffe
        """
    ),
)
_SPANISH = _Words(
    courtesies=words(
        """
        hola buenos buenas buen tal bien gracias nada adiós chao chau luego mañana pronto vemos
        feliz cuídate abrazo beso saludos sí claro vale ok okay perfecto acuerdo entiendo
        entendido comprendo veo exacto exactamente supuesto cierto verdad bueno perdón perdona
        disculpa siento encantado encantada gusto igualmente preocupes problema
        """
    ),
    reactions=words(
        """
        genial estupendo estupenda fantástico fantástica maravilloso maravillosa increíble
        interesante divertido divertida bonito bonita lindo linda precioso preciosa triste
        terrible duro difícil delicioso deliciosa impresionante emocionante rico guay chulo
        alegría pena lástima suerte maravilla emoción envidia ilusión horror rabia alegro alegra
        razón sabía imaginaba creerlo enhorabuena felicidades felicitaciones ánimo excelente
        fenomenal bravo vaya guau también tampoco orgulloso orgullosa contento contenta mejores
        """
    ),
    around=words(
        """
        a al lo la los las el un una eso esto esta este todo toda muy tan súper mucho mucha
        muchas mil muchísimas muchísimo tanto días tardes noches fin de semana del día viaje por
        para con ti tú usted ustedes vosotros te me nos mi se que qué cómo está estás estoy están
        es fue son ser debe parece suena tienes tiene no ni ya y pues ah oh ay hay hasta vista
        próxima ahora serio puedo oírlo saberlo verte feliz idea noticia espero vaya salga va pasa
        favor contármelo ayuda información igual yo mí decir
        """
    ),
)
_ARABIC = _Words(
    courtesies=words(
        """
        صباح مساء اهلا مرحبا وسهلا السلام عليكم وعليكم حالك الحال بخير الحمد شكرا عفوا السلامه
        اللقاء وداعا نعم لا اجل طبعا حسنا تمام طيب موافق اكيد فهمت مفهوم واضح فضلك سمحت اسف اسفه
        معذره تصبح تصبحين تصبحون اراك
        """
    ),
    reactions=words(
        """
        رائع رائعه ممتاز جميل جميله عظيم مذهل جيد لطيف مؤسف محزن مضحك شاء بارك مبروك تهانينا
        بالتوفيق حظا سعيد سعيده فرحان مسرور حزين اعرف اعلم مشكله باس تقلق تقلقي حق محق محقه صحيح
        بالضبط بالفعل حقا للروعه سلام الهي سلامتك اتمني
        """
    ),
    around=words(
        """
        الخير النور الورد بك بكم ورحمه الله وبركاته لله كيف انت وانت اخبارك ما ان انا جزيلا لك
        كثيرا جدا علي مع الي خير غدا لاحقا قريبا من لو هذا هذه انه شيء فيك فيكم الف عليك سعيدا
        موفقا اجلك لسماع ذلك بذلك لم اكن معك يا شكر واجب هو هي يسعدني
        """
    ),
)
_UNSPACED = _Words(
    courtesies=words(
        """
        你好 您好 大家好 嗨 喂 哈喽 早 早安 早上好 上午好 中午好 下午好 晚上好 晚安 谢谢
        謝謝 多谢 感谢 不客气 不用谢 没事 没关系 没问题 再见 再見 拜拜 回头见 明天见
        一会儿见 下次见 周末愉快 好 好的 好啊 好吧 行 可以 嗯 哦 噢 啊 呀 是 是的 是啊 对
        对的 不 不是 知道了 明白 明白了 懂了 收到 了解 慢慢来 辛苦了 怎么样 哈哈 哈 很好
        还不错 挺好的 おはよう おはようございます こんにちは こんばんは おやすみ
        おやすみなさい はじめまして よろしく お願いします ありがとう ありがとうございます
        ありがとうございました どうも すみません ごめん ごめんなさい いえいえ いいえ はい
        うん ううん ええ どういたしまして さようなら じゃあね また お疲れさま お疲れ様
        わかりました 分かりました わかった 了解 承知しました かしこまりました 元気 お元気
        失礼します おかげさまで 週末を もちろん 大丈夫 안녕 안녕하세요 안녕하십니까 감사
        감사합니다 고마워 고마워요 고맙습니다 네 예 아니요 좋아 좋아요
        """
    ),
    reactions=words(
        """
        不错 真不错 真棒 太好了 太棒了 很棒 太棒 好棒 厉害 有趣 有意思 可爱 漂亮 可惜 遗憾
        难过 恭喜 祝贺 祝 祝你 祝你好运 高兴 开心 骄傲 加油 原来如此 说得对 说得好 有道理
        没错 不知道 没想到 同意 理解 真的 天啊 天哪 哇 别担心 保重 好运 顺利 すごい 素敵
        すてき いい よかった 良かった 面白い 面白そう 楽しそう 楽しみ 嬉しい うれしい 大変
        残念 かわいい 素晴らしい 最高 羨ましい うらやましい なるほど そう ほんと ほんとう
        本当 おめでとう おめでとうございます 頑張って お大事に 気をつけて 楽しんで
        知りませんでした 知らなかった 確かに へえ わあ
        """
    ),
    around=words(
        """
        你 您 你们 我 我们 他 她 吗 呢 吧 啦 了 的 很 真 太 也 还 都 最近 为 替 听起来
        看起来 感到 非常 特别 です ですね ですよ ですか でした だね だよ だ ね よ な わ か
        も は を に の なんですか なんですね なんだ ください くださいね なさって それは
        明日 今度 来週 後で とても 本当に ございます よい 良い どう 皆さん
        """
    ),
)
_SPACED = (_GERMAN, _SPANISH, _ARABIC)

_WORD = re.compile(r"\w+(?:['\u2019]\w+)*")
_RUN = re.compile(f"[{CJK}]")
_PIECE = re.compile("|".join(sorted(frozenset().union(*_UNSPACED), key=len, reverse=True)))
_BARE = str.maketrans("أإآىة", "ااايه")
_VOCATIVE = re.compile(r"(?<!\w)يا \w+")


def greets(sentence: str, people: frozenset[str] = frozenset()) -> bool:
    """Whether it only greets, thanks, agrees or takes leave, whomever of `people` it names."""
    said = _said(sentence, people)
    return any(_made_of(said, known.courtesies, known.around) for known in (*_SPACED, _UNSPACED))


def reacts(sentence: str, people: frozenset[str] = frozenset()) -> bool:
    """Whether it only praises, pities, wishes well or wonders."""
    said = _said(sentence, people)
    return any(
        _made_of(said, known.reactions, known.courtesies | known.around)
        for known in (*_SPACED, _UNSPACED)
    )


def _made_of(said: Sequence[str], core: frozenset[str], around: frozenset[str]) -> bool:
    if not 0 < len(said) <= LONGEST or core.isdisjoint(said):
        return False
    return all(word in core or word in around for word in said)


def _said(sentence: str, people: frozenset[str]) -> list[str]:
    """The words of the sentence, but for names that it speaks to."""
    plain = _VOCATIVE.sub(" ", sentence.casefold())
    found = [word for word in _WORD.findall(plain) if word not in people]
    return [piece for word in found for piece in _pieces(word)]


def _pieces(word: str) -> list[str]:
    """A run without spaces as the small talk it is made of; whole where there is more in it."""
    if not _RUN.match(word):
        return [word.translate(_BARE)]
    pieces = _PIECE.findall(word)
    return pieces if "".join(pieces) == word else [word]
