"""Invented names in both languages; common family and given names, combined by chance."""

from collections.abc import Iterator
from random import Random

# Latin and Chinese form, separated by a blank.
_FAMILIES = (
    "Wang 王,Li 李,Zhang 张,Liu 刘,Chen 陈,Yang 杨,Huang 黄,Zhao 赵,Wu 吴,Zhou 周,Xu 徐,Sun 孙,Ma 马,Zhu 朱,"
    "Hu 胡,Guo 郭,He 何,Lin 林,Gao 高,Luo 罗,Zheng 郑,Liang 梁,Xie 谢,Song 宋,Tang 唐,Deng 邓,Han 韩,Feng 冯,"
    "Cao 曹,Peng 彭,Zeng 曾,Xiao 肖,Tian 田,Dong 董,Pan 潘,Yuan 袁"
)
_GIVEN = (
    "Wei 伟,Na 娜,Fang 芳,Min 敏,Jing 静,Li 丽,Qiang 强,Lei 磊,Yan 艳,Yong 勇,Juan 娟,Jie 洁,Chao 超,Ping 平,"
    "Gang 刚,Ying 英,Hua 华,Yu 玉,Xia 霞,Ting 婷,Xue 雪,Mei 梅,Lan 兰,Hong 红,Ming 明,Bo 波,Hui 慧,Yun 云,"
    "Xin 欣,Qian 倩,Yue 月,Meng 梦,Jiahui 佳慧,Yuting 雨婷,Haoran 浩然,Zihan 子涵,Siyu 思雨,Xiaomei 晓梅,"
    "Jianguo 建国,Wenjing 文静"
)
_ENGLISH_GIVEN = (
    "Anna 安娜,Grace 格蕾丝,Emma 艾玛,Lucy 露西,Sarah 萨拉,Maria 玛丽亚,Julia 朱莉娅,Helen 海伦,Amy 艾米,"
    "Ruth 露丝,David 大卫,James 詹姆斯,Thomas 托马斯,Daniel 丹尼尔,Peter 彼得,Oliver 奥利弗,Nina 尼娜,"
    "Clara 克拉拉"
)
_ENGLISH_FAMILIES = (
    "Miller 米勒,Brown 布朗,Taylor 泰勒,Wilson 威尔逊,Walker 沃克,Wright 赖特,Clarke 克拉克,Harris 哈里斯,"
    "Turner 特纳,Parker 帕克,Evans 埃文斯,Morgan 摩根,Bennett 贝内特,Cooper 库珀,Foster 福斯特"
)
_ENGLISH_SHARE = 0.22


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(latin, chinese) for latin, chinese in (entry.split() for entry in text.split(","))]


def people_names(random: Random) -> Iterator[tuple[str, str]]:
    """Endless names (Latin, Chinese), never the same twice in either script."""
    families, given = _pairs(_FAMILIES), _pairs(_GIVEN)
    english_given, english_families = _pairs(_ENGLISH_GIVEN), _pairs(_ENGLISH_FAMILIES)
    used: set[str] = set()
    while True:
        if random.random() < _ENGLISH_SHARE:
            (first, first_zh), (last, last_zh) = random.choice(english_given), random.choice(english_families)
            name, name_zh = f"{first} {last}", f"{first_zh}·{last_zh}"
        else:
            (last, last_zh), (first, first_zh) = random.choice(families), random.choice(given)
            name, name_zh = f"{last} {first}", f"{last_zh}{first_zh}"
        if name not in used and name_zh not in used:
            used.update((name, name_zh))
            yield name, name_zh
