"""The sixty items in the sample hospital's store.

Use is per 100 patients in the house and day, from the usual run of a general hospital (round numbers, invented).
Shelf lives of blood follow the regulators' limits: red cells in additive solution 42 days, platelets 5, plasma a year.
"""

from typing import NamedTuple


class Item(NamedTuple):
    """One item: code, names, category, unit of measure, use a day per 100 patients, lead time and shelf life in days.

    A shelf life of None means that it does not expire. `lots` is how many lots lie in store at once.
    """

    code: str
    name: str
    name_zh: str
    category: str
    measure: str
    use: float
    lead_days: int
    shelf_days: int | None
    lots: int = 2


_P, _B, _D, _I, _W, _L = "protection", "blood", "drug", "infusion", "ward", "laboratory"

ITEMS: tuple[Item, ...] = (
    Item("MASK-N95", "N95 respirator mask", "N95口罩", _P, "piece", 130, 10, 1460),
    Item("MASK-SURG", "Surgical mask", "医用外科口罩", _P, "piece", 520, 7, 1095),
    Item("GLOVE-S", "Examination gloves, small", "检查手套（小号）", _P, "piece", 900, 7, 1095),
    Item("GLOVE-M", "Examination gloves, medium", "检查手套（中号）", _P, "piece", 2100, 7, 1095),
    Item("GLOVE-L", "Examination gloves, large", "检查手套（大号）", _P, "piece", 1300, 7, 1095),
    Item("GLOVE-ST7", "Sterile gloves, size 7", "无菌手套7号", _P, "pair", 60, 10, 1095),
    Item("GOWN-ISO", "Isolation gown", "隔离衣", _P, "piece", 170, 14, None, 1),
    Item("GOWN-SURG", "Surgical gown, sterile", "无菌手术衣", _P, "piece", 38, 14, 1095),
    Item("APRON", "Disposable apron", "一次性围裙", _P, "piece", 360, 10, None, 1),
    Item("SHIELD", "Face shield", "防护面屏", _P, "piece", 24, 14, None, 1),
    Item("GOGGLE", "Protective goggles", "护目镜", _P, "piece", 6, 14, None, 1),
    Item("CAP", "Surgical cap", "手术帽", _P, "piece", 110, 10, None, 1),
    Item("HANDRUB-500", "Alcohol hand rub 500 ml", "手消毒液500毫升", _P, "bottle", 34, 7, 730),
    Item("WIPES-DIS", "Disinfectant wipes", "消毒湿巾", _P, "pack", 42, 7, 545),
    Item("SYR-2", "Syringe 2 ml", "注射器2毫升", _W, "piece", 210, 7, 1825),
    Item("SYR-5", "Syringe 5 ml", "注射器5毫升", _W, "piece", 320, 7, 1825),
    Item("SYR-10", "Syringe 10 ml", "注射器10毫升", _W, "piece", 480, 7, 1825),
    Item("SYR-20", "Syringe 20 ml", "注射器20毫升", _W, "piece", 160, 7, 1825),
    Item("SYR-50", "Syringe 50 ml", "注射器50毫升", _W, "piece", 75, 7, 1825),
    Item("NEEDLE-21G", "Needle 21 G", "针头21G", _W, "piece", 420, 7, 1825),
    Item("CANN-20G", "Venous cannula 20 G", "静脉留置针20G", _W, "piece", 62, 10, 1460),
    Item("CANN-22G", "Venous cannula 22 G", "静脉留置针22G", _W, "piece", 34, 10, 1460),
    Item("CVC-3L", "Central venous catheter, three lumens", "三腔中心静脉导管", _W, "piece", 1.6, 21, 1095),
    Item("INF-SET", "Infusion set", "输液器", _W, "piece", 185, 7, 1825),
    Item("EXT-LINE", "Extension line", "延长管", _W, "piece", 96, 7, 1825),
    Item("URI-CATH", "Urinary catheter 14 Ch", "导尿管14号", _W, "piece", 11, 10, 1460),
    Item("URI-BAG", "Urine bag", "集尿袋", _W, "piece", 26, 10, None, 1),
    Item("ET-75", "Endotracheal tube 7.5", "气管插管7.5", _W, "piece", 2.2, 14, 1460),
    Item("VENT-CIRC", "Ventilator circuit", "呼吸机管路", _W, "piece", 3.1, 14, 1460),
    Item("HME", "Breathing-circuit filter", "呼吸回路过滤器", _W, "piece", 9, 14, 1460),
    Item("O2-MASK", "Oxygen mask", "吸氧面罩", _W, "piece", 13, 10, None, 1),
    Item("NASAL-CAN", "Nasal oxygen cannula", "鼻氧管", _W, "piece", 31, 10, None, 1),
    Item("SUCT-CATH", "Suction catheter", "吸痰管", _W, "piece", 44, 10, 1460),
    Item("GAUZE-10", "Gauze 10 x 10 cm, sterile", "无菌纱布10×10厘米", _W, "piece", 410, 7, 1825),
    Item("DRESS-FOAM", "Foam dressing", "泡沫敷料", _W, "piece", 28, 10, 1095),
    Item("TAPE", "Fixing tape", "医用胶带", _W, "roll", 36, 7, None, 1),
    Item("SUTURE-3", "Suture 3-0", "缝合线3-0", _W, "piece", 21, 14, 1825),
    Item("SHARPS-5L", "Sharps container 5 l", "锐器盒5升", _W, "piece", 7, 10, None, 1),
    Item("PAD-INCO", "Incontinence pad", "护理垫", _W, "piece", 240, 7, None, 1),
    Item("NACL-500", "Saline 0.9 % 500 ml", "0.9%氯化钠500毫升", _I, "bag", 118, 5, 730, 3),
    Item("NACL-100", "Saline 0.9 % 100 ml", "0.9%氯化钠100毫升", _I, "bag", 210, 5, 730, 3),
    Item("RINGER-500", "Balanced crystalloid 500 ml", "平衡盐溶液500毫升", _I, "bag", 84, 5, 730, 3),
    Item("GLUC5-500", "Glucose 5 % 500 ml", "5%葡萄糖500毫升", _I, "bag", 46, 5, 730),
    Item("KCL-10", "Potassium chloride 10 ml", "氯化钾10毫升", _D, "ampoule", 38, 5, 730),
    Item("HEP-5000", "Heparin 5,000 units", "肝素5000单位", _D, "ampoule", 52, 7, 730),
    Item("ENOX-40", "Enoxaparin 40 mg", "依诺肝素40毫克", _D, "syringe", 58, 7, 730),
    Item("PIPTAZ", "Piperacillin/tazobactam 4.5 g", "哌拉西林他唑巴坦4.5克", _D, "vial", 44, 5, 730),
    Item("CEFTRIAX", "Ceftriaxone 2 g", "头孢曲松2克", _D, "vial", 31, 5, 730),
    Item("VANCO", "Vancomycin 1 g", "万古霉素1克", _D, "vial", 12, 5, 730),
    Item("NORADR", "Noradrenaline 4 mg", "去甲肾上腺素4毫克", _D, "ampoule", 11, 5, 545),
    Item("PROPOFOL", "Propofol 1 % 50 ml", "1%丙泊酚50毫升", _D, "vial", 14, 5, 730),
    Item("INSULIN", "Insulin, rapid-acting 10 ml", "速效胰岛素10毫升", _D, "vial", 7, 5, 365),
    Item("MORPHINE", "Morphine 10 mg", "吗啡10毫克", _D, "ampoule", 26, 5, 1095),
    Item("PARA-IV", "Paracetamol 1 g for infusion", "对乙酰氨基酚注射液1克", _D, "bottle", 92, 5, 730),
    Item("RBC-O", "Red cells, group O", "O型红细胞", _B, "unit", 2.8, 1, 42, 4),
    Item("RBC-A", "Red cells, group A", "A型红细胞", _B, "unit", 2.4, 1, 42, 4),
    Item("PLT", "Platelets", "血小板", _B, "unit", 1.1, 1, 5, 3),
    Item("FFP", "Fresh frozen plasma", "新鲜冰冻血浆", _B, "unit", 1.8, 2, 365, 2),
    Item("TUBE-EDTA", "Blood tube, EDTA", "EDTA采血管", _L, "piece", 190, 7, 545),
    Item("SWAB-PCR", "Swab for virus test", "病毒采样拭子", _L, "piece", 27, 7, 730),
)
