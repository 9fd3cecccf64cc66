"""Small talk in other languages than English: a sentence in which nothing else is said.

It is one if every word of it belongs to a language's small talk, and at least one of them greets,
thanks, agrees or takes leave (a courtesy), or praises, pities or wonders (a reaction). Chinese,
Japanese and Korean, which run on without spaces, are taken apart into such words first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lamella.regex import regex
from lamella.text import unspaced
from lamella.wordlists import words

LONGEST = 10
"""Words of the longest small talk; more of them tell something."""


def _folded(listed: str) -> frozenset[str]:
    return words(listed.casefold())


class _Words(NamedTuple):
    """What courtesies and reactions are made of, and what may stand around either."""

    courtesies: frozenset[str]
    reactions: frozenset[str]
    around: frozenset[str]


_GERMAN = _Words(
    courtesies=_folded(
        """
        schönes schönen hallo moin servus guten gute grüß tschüss tschüs ciao wiedersehen danke
        dank dankeschön bitte gern gerne ursache klar ordnung ok okay ja nein doch genau stimmt
        richtig natürlich verstanden aha ach entschuldigung bestens geschehen freilich logisch
        jawohl jo jup tja naja hm grüezi mahlzeit ade prost gesundheit jederzeit
        selbstverständlich abgemacht passt willkommen nacht schlaf nichts
        """
    ),
    reactions=_folded(
        """
        toll super schön klasse prima wunderbar großartig fantastisch interessant spannend
        lecker lustig witzig traurig schade schrecklich furchtbar schlimm lieb nett süß cool
        genial perfekt beeindruckend herrlich traumhaft wahnsinn unglaublich wow echt wirklich
        oje sinn wusste freue freut froh stolz gespannt daumen glückwunsch gratuliere erfolg
        glück spaß besserung leid sorgen schaffst aufregend erstaunlich hübsch niedlich krass
        mega hammer bewundernswert ärgerlich blöd doof beneidenswert bravo respekt gefällt
        beeindruckt begeistert überrascht neugierig neidisch mitleid hoffentlich klappt gelingt
        glücklich beileid verstehe einverstanden recht riesig güte wünsche wünscht
        """
    ),
    around=_folded(
        """
        urlaub das es dies ist war wird wäre klingt hört sieht schmeckt sich an aus von für dich
        dir euch ihnen ich mich mir du ihr wir uns aber so total sehr ganz wohl bestimmt einfach
        wie auch noch gar nicht macht machen ergibt glaube kenne kann verstehen tut darauf drauf
        bin drücke drück die den der dem alles alle liebe herzlichen vielen tausend viel dabei
        damit morgen zum zur idee reise fahrt hast da völlig keine kein problem mach mach's mal
        info hilfe nachricht tipp tag abend nacht woche wochenende später dann bald gleich auf
        und oh ah hm na ein einen einem geht geht's schlecht nächste mehr zu hören sagen denke
        finde hoffe lange im bei am in es's nett los heute wieder freuen sehen dass viele grüße
        beste mein meine dein deine deinem deiner neuen neue zusammen wünsche wünschen gute
        guter schöner großer sei seid bleib pass melde weißt weiß schon hoch geburtstag gut
        schönes schönen bis gesehen hey schläf träum schön
        """
    ),
)
_SPANISH = _Words(
    courtesies=_folded(
        """
        buen tengas hola buenos buenas bien gracias nada adiós chao chau vemos cuídate abrazo
        beso saludos sí claro vale ok okay perfecto acuerdo entiendo entendido comprendo veo
        exacto exactamente supuesto cierto verdad perdón perdona disculpa siento encantado
        encantada gusto igualmente preocupes problema tranquilo tranquila encantados va venga
        dale efectivamente correcto naturalmente descansa descansad cuidaos chaíto hasta tal
        bueno noches duermas tiempo importa
        """
    ),
    reactions=_folded(
        """
        genial estupendo estupenda fantástico fantástica maravilloso maravillosa interesante
        divertido divertida bonito bonita lindo linda precioso preciosa triste terrible duro
        difícil delicioso deliciosa impresionante emocionante rico guay chulo alegría pena
        lástima suerte maravilla emoción envidia ilusión horror rabia alegro alegra razón sabía
        imaginaba creerlo enhorabuena felicidades felicitaciones ánimo excelente fenomenal bravo
        vaya guau también tampoco orgulloso orgullosa contento contenta mejores felices felicito
        afortunado afortunada sorprendente alucinante chévere bárbaro guapo guapa tierno tierna
        admirable emocionado emocionada curioso curiosa ilusionado ánimos pésame recuperes
        disfruta disfrútalo diviértete increíble buenísimo deseo pinta dios muchísimo
        """
    ),
    around=_folded(
        """
        a al lo la los las el un una eso esto esta este todo toda muy tan súper mucho mucha
        muchas mil muchísimas muchísimo tanto días tardes noches fin de semana del día viaje por
        para con ti tú usted ustedes vosotros te me nos mi se que qué cómo está estás estoy
        están es fue son ser debe parece suena tienes tiene no ni ya y pues ah oh ay hay vista
        próxima ahora serio puedo oírlo saberlo verte feliz idea noticia espero vaya salga va
        pasa favor contármelo ayuda información igual yo mí decir descanses tengas tengáis
        tengan lunes martes miércoles jueves viernes sábado domingo vernos veros verlo saber oír
        escucharlo pase pases bien siempre otra vez nuevo nuevos más casa allí ahí todos todas
        deseo desea mejor suerte nuestro vuestro parte vamos mañana luego pronto aquí cumpleaños
        boda ascenso buen sin buenas buena cuánto mío mía
        """
    ),
)
_ARABIC = _Words(
    courtesies=_folded(
        """
        اهلا مرحبا وسهلا السلام عليكم وعليكم حالك الحال بخير الحمد شكرا عفوا السلامه اللقاء
        وداعا نعم لا اجل طبعا حسنا تمام طيب موافق اكيد فهمت مفهوم واضح فضلك سمحت اسف اسفه معذره
        تصبح تصبحين تصبحون اراك العفو هلا مرحبتين اوكي اوك ماشي تماما نعمه سلمت تسلم تسلمين
        اتفقنا الخير النور يهم نوما اعتن
        """
    ),
    reactions=_folded(
        """
        رائع رائعه ممتاز جميل جميله عظيم مذهل جيد لطيف مؤسف محزن مضحك شاء بارك مبروك تهانينا
        بالتوفيق حظا سعيد سعيده فرحان مسرور حزين اعرف اعلم مشكله باس تقلق تقلقي حق محق محقه صحيح
        بالضبط بالفعل حقا للروعه سلام الهي سلامتك اتمني مثير للاسف فخور فخوره متحمس متحمسه سعداء
        التوفيق النجاح الشفاء مدهش خلاب لذيذ يؤسفني اسعدني احسنت احسنتي برافو روعه موفق موفقه
        بالسلامه الصحه والعافيه مثيرا يسعدني لذيذا هنيئا
        """
    ),
    around=_folded(
        """
        الورد بك بكم ورحمه الله وبركاته لله كيف انت وانت اخبارك ما ان انا جزيلا لك كثيرا جدا علي
        مع الي خير غدا لاحقا قريبا من لو هذا هذه انه شيء فيك فيكم الف عليك سعيدا موفقا اجلك
        لسماع ذلك بذلك لم اكن معك يا شكر واجب هو هي يسعدني يبدو يبدوا كان يكون سيكون للاهتمام
        رائعا جميلا لطيفا محزنا منك فيه كل عام وانتم وانتي بخير عليه عليها اهلا تكون ستكون كنت
        ايضا حقيقي التي اليوم ليلتك حلوه طيبه صباح مساء ليله ميلاد عيد زواج بنفسك الخير برؤيتك
        """
    ),
)
_UNSPACED = _Words(
    courtesies=_folded(
        """
        你好 您好 大家好 嗨 喂 哈喽 早 早安 早上好 上午好 中午好 下午好 晚上好 晚安 谢谢 謝謝
        多谢 感谢 不客气 不用谢 没事 没关系 没问题 再见 再見 拜拜 回头见 明天见 一会儿见 下次见
        周末愉快 好 好的 好啊 好吧 行 可以 嗯 哦 噢 啊 呀 是 是的 是啊 对 对的 不 不是 知道了
        明白 明白了 懂了 收到 了解 慢慢来 辛苦了 怎么样 哈哈 哈 很好 还不错 挺好的 おはよう
        おはようございます こんにちは こんばんは おやすみ おやすみなさい はじめまして よろしく
        お願いします ありがとう ありがとうございます ありがとうございました どうも すみません
        ごめん ごめんなさい いえいえ いいえ はい うん ううん ええ どういたしまして さようなら
        じゃあね また お疲れさま お疲れ様 わかりました 分かりました わかった 承知しました
        かしこまりました 元気 お元気 失礼します おかげさまで 週末を もちろん 大丈夫 안녕
        안녕하세요 안녕하십니까 감사 감사합니다 고마워 고마워요 고맙습니다 네 예 아니요 좋아
        좋아요 好久不见 好久不見 好久没见 好梦 晚安好梦 一路平安 一路顺风 保持联系 回见 慢走
        麻烦你 麻烦了 打扰了 抱歉 对不起 不好意思 当然 当然了 没错 同感 就是 嗯嗯 好呀 好嘞 行吧
        托您的福 久闻 幸会 很高兴认识你 久しぶり お久しぶり 久しぶりです お久しぶりです
        お世話になります お世話になっております お邪魔します お疲れ おかえり おかえりなさい
        いってらっしゃい 行ってきます またね では それでは じゃあ じゃ こちらこそ 構いません
        結構です もしもし おっしゃる通り その通り そうそう 很高兴见到你 不要紧 睡个好觉 夢を
        まあまあ お会いできて 会えて 気にしないで 気にしないでください
        """
    ),
    reactions=_folded(
        """
        不错 真不错 真棒 太好了 太棒了 很棒 太棒 好棒 厉害 有趣 有意思 可爱 漂亮 可惜 遗憾 难过
        恭喜 祝贺 祝 祝你 祝你好运 高兴 开心 骄傲 加油 原来如此 说得对 说得好 有道理 没错 不知道
        没想到 同意 理解 真的 天啊 天哪 哇 别担心 保重 好运 顺利 すごい 素敵 すてき いい
        よかった 良かった 面白い 面白そう 楽しそう 楽しみ 嬉しい うれしい 大変 残念 かわいい
        素晴らしい 最高 羨ましい うらやましい なるほど そう ほんと ほんとう 本当 おめでとう
        おめでとうございます 頑張って お大事に 気をつけて 楽しんで 知りませんでした 知らなかった
        確かに へえ わあ 生日快乐 新年快乐 节日快乐 新婚快乐 早日康复 一切顺利 你说得没错
        说得没错 说得也是 太厉害了 真厉害 真好 太美了 真美 好看 真好看 好玩 真好玩 真有意思
        很有意思 羡慕 真羡慕 佩服 感动 惊讶 激动 幸福 心疼 太遗憾了 太可惜了 真可惜 太难了
        不容易 祝你们 祝您 祝贺你 恭喜你 注意身体 照顾好自己 相信你 支持你 一定行 誇り 誇らしい
        あけまして うまくいく 楽しい 美味しそう おいしそう 美しい きれい 綺麗 偉い えらい 感動
        感動しました 驚きました びっくり びっくりしました 幸せ お気の毒 辛い つらい 心配 応援
        応援しています 応援してる 期待しています よろしかった いいなあ 我的天 让人高兴 好吃
        真好吃 幸運を祈ります 幸運 祈ります
        """
    ),
    around=_folded(
        """
        你 您 你们 我 我们 他 她 吗 呢 吧 啦 了 的 很 真 太 也 还 都 最近 为 替 听起来 看起来
        感到 非常 特别 まあ です ですね ですよ ですか でした だね だよ だ ね よ な わ か も は を に
        の なんですか なんですね なんだ ください くださいね なさって それは 明日 今度 来週 後で
        とても 本当に ございます よい 良い どう 皆さん 可以 为你 更 多 好 得 这 那 您的 你的 请
        大家 就 又 真是 越来越 多么 十分 と 思います 思う しています して ました でしょう
        でしょうね ですよね すごく 私 あなた 皆 ぞ さ なあ なー ー が で 今日 今 ように
        ますように ましたね いきますように そうに 結婚 ご結婚 合格 誕生日 お誕生日 新年 让人
        いい うれしい
        """
    ),
)
_LANGUAGES = (_GERMAN, _SPANISH, _ARABIC, _UNSPACED)
_SELF = words("ich yo soy tengo habe")
"""Who speaks of themselves does more than greet."""

_WORD = regex(r"\w+(?:['\u2019]\w+)*")
_PIECE = regex("|".join(sorted(frozenset().union(*_UNSPACED), key=len, reverse=True)))
_BARE = str.maketrans("أإآىة", "ااايه")
_VOCATIVE = regex(r"(?<!\w)يا \w+[\s!.,\u060c]*")


def greets(sentence: str, people: frozenset[str] = frozenset()) -> bool:
    """Whether it only greets, thanks, agrees or takes leave, whomever of `people` it names."""
    said = _said(sentence, people)
    return _SELF.isdisjoint(said) and any(
        _made_of(said, known.courtesies, known.around) for known in _LANGUAGES
    )


def reacts(sentence: str, people: frozenset[str] = frozenset()) -> bool:
    """Whether it only praises, pities, wishes well or wonders."""
    said = _said(sentence, people)
    return any(
        _made_of(said, known.reactions, known.courtesies | known.around) for known in _LANGUAGES
    )


def _made_of(said: Sequence[str], core: frozenset[str], around: frozenset[str]) -> bool:
    if not 0 < len(said) <= LONGEST or core.isdisjoint(said):
        return False
    return all(word in core or word in around for word in said)


def _said(sentence: str, people: frozenset[str]) -> list[str]:
    """The words of the sentence, but for names that it speaks to."""
    plain = sentence.casefold()
    plain = _VOCATIVE.sub(" ", plain).strip() or plain
    found = [word for word in _WORD.findall(plain) if word not in people]
    return [piece for word in found for piece in _pieces(word)]


def _pieces(word: str) -> list[str]:
    """A run without spaces as the small talk it is made of; whole where there is more in it."""
    if not unspaced(word):
        return [word.translate(_BARE)]
    pieces = _PIECE.findall(word)
    return pieces if "".join(pieces) == word else [word]
