"""Names of made-up people and teams, in Chinese and English: the lists, and how they are combined."""

from collections.abc import Iterator
from itertools import count

TEAMS: tuple[tuple[str, str, str, str, float], ...] = (
    ("dawn", "晨曦组", "Dawn", "outbound", 1.06),
    ("voyage", "远航组", "Voyage", "outbound", 0.93),
    ("pine", "青松组", "Pine", "outbound", 1.15),
    ("swan", "飞鸿组", "Swan", "outbound", 0.85),
    ("sail", "云帆组", "Sail", "outbound", 0.92),
    ("spring", "清泉组", "Spring", "inbound", 1.0),
    ("bedrock", "磐石组", "Bedrock", "inbound", 0.97),
    ("lake", "明湖组", "Lake", "inbound", 1.02),
    ("compass", "知行组", "Compass", "inbound", 0.84),
)
"""id, name, English name, direction, pace of the whole team."""

DAWN: tuple[tuple[str, str, str, str], ...] = (
    ("林晓芸", "Lin Xiaoyun", "拾光", "Ray"),
    ("马腾飞", "Ma Tengfei", "北辰", "Polar"),
    ("赵敏", "Zhao Min", "白露", "Dew"),
    ("吴昊", "Wu Hao", "子衿", "Coral"),
    ("何雪", "He Xue", "南乔", "Elm"),
    ("刘子涵", "Liu Zihan", "星野", "Orion"),
    ("黄嘉怡", "Huang Jiayi", "阿朗", "Dale"),
    ("胡可欣", "Hu Kexin", "晴川", "Skye"),
    ("王建国", "Wang Jianguo", "墨言", "Inky"),
    ("罗敏仪", "Luo Minyi", "听风", "Gust"),
    ("朱琳", "Zhu Lin", "云开", "Cloud"),
    ("陈思远", "Chen Siyuan", "林深", "Grove"),
    ("周雨桐", "Zhou Yutong", "若水", "Rill"),
    ("徐静", "Xu Jing", "小满", "Maple"),
    ("孙立", "Sun Li", "青禾", "Reed"),
    ("郭磊", "Guo Lei", "清欢", "Joy"),
    ("郑一鸣", "Zheng Yiming", "初见", "Fresh"),
    ("梁博", "Liang Bo", "长安", "Amber"),
    ("宋佳", "Song Jia", "知夏", "Wren"),
    ("高远", "Gao Yuan", "半夏", "Sage"),
)
"""name, English name, alias, English alias of the first team, in seat order."""

_SURNAMES = (
    "李 Li,张 Zhang,杨 Yang,沈 Shen,韩 Han,冯 Feng,于 Yu,董 Dong,萧 Xiao,程 Cheng,曹 Cao,袁 Yuan,邓 Deng,许 Xu,傅 Fu,"
    "曾 Zeng,彭 Peng,吕 Lyu,苏 Su,卢 Lu,蒋 Jiang,蔡 Cai,贾 Jia,丁 Ding,魏 Wei,薛 Xue,叶 Ye,阎 Yan,余 Yu,潘 Pan,杜 Du,"
    "戴 Dai,夏 Xia,钟 Zhong,汪 Wang,田 Tian,任 Ren,姜 Jiang,范 Fan,方 Fang,石 Shi,姚 Yao,谭 Tan,廖 Liao,邹 Zou,熊 Xiong,"
    "金 Jin"
)
_GIVEN = (
    "梓萱 Zixuan,浩然 Haoran,诗涵 Shihan,俊杰 Junjie,欣怡 Xinyi,宇航 Yuhang,丽 Li,伟 Wei,雅婷 Yating,志强 Zhiqiang,"
    "佳琪 Jiaqi,鹏 Peng,晓东 Xiaodong,秀英 Xiuying,思琪 Siqi,文博 Wenbo,婷 Ting,海燕 Haiyan,天宇 Tianyu,美玲 Meiling,"
    "子轩 Zixuan,雨欣 Yuxin,国强 Guoqiang,慧 Hui,明辉 Minghui,芳 Fang,梦洁 Mengjie,凯 Kai,玉兰 Yulan,家豪 Jiahao,"
    "静怡 Jingyi,斌 Bin,晨 Chen,雪梅 Xuemei,一凡 Yifan,倩 Qian,建华 Jianhua,可儿 Ke'er,铭 Ming,若曦 Ruoxi,超 Chao,"
    "佳宁 Jianing,泽宇 Zeyu"
)
_ALIASES = (
    "阿澈 Brook,远山 Ridge,沐白 Snow,安歌 Lark,秋实 Acorn,朝暮 Dusk,一诺 Vow,鹿鸣 Fawn,予安 Haven,江离 Iris,扶摇 Kite,"
    "忘忧 Lily,竹青 Jade,逐月 Luna,采薇 Fern,疏影 Plum,望舒 Fir,凌波 Wave,怀瑾 Pearl,思齐 Ash,春和 May,景明 Sunny,"
    "木兰 Holly,锦书 Quill,霁月 Clear,行舟 Skiff,海棠 Rosa,飞絮 Osier,松间 Pine,照水 Mira,归雁 Swift,晚晴 Eve,细雨 Misty,"
    "新竹 Shoot,落英 Petal,明渊 Lake,暖阳 Sol,溪亭 Ivy,晓风 Gale,乘风 Hawk,流萤 Firefly,青岚 Haze,云岫 Peak,月白 Moon,"
    "星河 Nova,沧浪 Tide,梧桐 Linden,画眉 Thrush,琉璃 Glass,雪霁 Frost,烟波 Mist,长歌 Chant,素心 Lotus,芷兰 Orchid,"
    "银杏 Ginkgo,桃夭 Peach,杏雨 Apricot,荷风 Breeze,兰舟 Canoe,枕石 Stone,听雨 Rain,问渠 Canal,观澜 Surf,拂晓 Daybreak,"
    "黄鹂 Oriole,白鹭 Egret,青鸟 Bluebird,玄鸟 Martin,苍鹰 Falcon,云雀 Skylark,锦鲤 Koi,灵犀 Rhino,麒麟 Griffin,飞鱼 Marlin,"
    "山岚 Mountain,石径 Path,柴门 Gate,竹影 Bamboo,松涛 Cedar,枫桥 Bridge,柳色 Willow,榆钱 Hazel,桂子 Laurel,茉莉 Jasmine,"
    "蔷薇 Rose,紫藤 Wisteria,丁香 Lilac,芍药 Peony,山茶 Camellia,芦花 Rush,蒲公 Dandelion,苜蓿 Clover,麦浪 Wheat,稻香 Rice,"
    "青梅 Damson,橘颂 Tangerine,石榴 Garnet,葡萄 Grape,樱桃 Cherry,莲子 Seed,朱砂 Crimson,黛青 Indigo,月牙 Crescent,"
    "北斗 Dipper,启明 Venus,天狼 Sirius,织女 Vega,牵牛 Altair,玉衡 Alioth,开阳 Mizar,摇光 Alkaid,天枢 Dubhe,晨星 Morning,"
    "夜航 Voyager,海风 Seawind,江月 River,湖光 Mere,潮生 Ebb,帆影 Sailor,渔火 Lantern,灯塔 Beacon,浮桥 Pontoon,沙洲 Sandbar,"
    "远帆 Clipper,听泉 Fount,飞瀑 Cascade,深涧 Ravine,雨前 Vernal,谷雨 April,立夏 Summer,处暑 August,寒露 October,"
    "霜降 November,冬至 Yule,惊蛰 Thunder,清明 Bright,小雪 Flake,初雪 Crystal,腊梅 Winter,元宵 Festival,端午 Dragon,"
    "重阳 Aster,中秋 Harvest,七夕 Magpie,上元 Lamp,花朝 Blossom,寒食 Ember,阳春 Spring,白帆 Canvas,静水 Still,飞云 Cirrus,"
    "长风 Zephyr,碧空 Azure,暮雪 Velvet,晴岚 Opal,清溪 Creek,古道 Trail,归舟 Harbour,新月 Selene,春雷 Storm,秋月 Topaz"
)


def people() -> Iterator[tuple[str, str, str, str]]:
    """(name, English name, alias, English alias) without end: the first team's, then others; the same at every call."""
    yield from DAWN
    given, families, aliases = _pairs(_GIVEN), _pairs(_SURNAMES), _pairs(_ALIASES)
    for n in count():
        family, family_en = families[n % len(families)]
        first, first_en = given[n % len(given)]
        lap, at = divmod(n, len(aliases))
        alias, alias_en = aliases[at]
        again = str(lap + 1) if lap else ""
        yield family + first, f"{family_en} {first_en}", alias + again, alias_en + again


def _pairs(text: str) -> list[tuple[str, str]]:
    words = (pair.split(" ", 1) for pair in text.split(","))
    return [(chinese, english) for chinese, english in words]
