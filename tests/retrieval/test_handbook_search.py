"""Questions that people ask, and the section that must be among the first three."""

import pytest

from assistant.retrieval.index import Index

ENGLISH = [
    ("How many patients may one nurse look after in the ICU?", "staffing-ratios#icu"),
    ("What is the minimum rest between two shifts?", "working-time#daily-rest"),
    ("How many nights in a row can someone work?", "working-time#in-a-row"),
    ("In which order do we fill a gap when a nurse calls in sick?", "absence-cover#order"),
    ("When may we use agency nurses?", "absence-cover#agency"),
    ("What do we do when occupancy is over 92 percent?", "occupancy-targets#above-92"),
    ("What triggers escalation level 3?", "escalation-levels#level-3"),
    ("How many surge beds can a ward open?", "surge-capacity#surge-beds"),
    ("Which room does a tuberculosis patient with airborne isolation need?", "isolation-cohorting#airborne"),
    ("Can men and women share a room?", "same-sex-accommodation#rule"),
    ("Who gets the next free bed?", "bed-allocation#priority"),
    ("May we move patients during the night?", "bed-allocation#nights"),
    ("How is NEDOCS calculated?", "ed-crowding#nedocs"),
    ("When should we reorder masks?", "supplies#reorder-point"),
    ("How long do red cells keep in the fridge?", "blood-cold-chain#red-cells"),
    ("Which staff are vaccinated first?", "vaccination-priority#staff"),
    ("Can the assistant tell me what dose to give?", "assistant-limits#clinical"),
    ("Who has to approve a plan?", "assistant-limits#approval"),
    ("What happens when single rooms run out?", "isolation-cohorting#shortage"),
    ("How are weekends shared fairly?", "roster-fairness#fair-shares"),
    ("How is the PPE burn rate worked out?", "supplies#burn-rate"),
    ("fridge alarm went off, what about the vaccines?", "blood-cold-chain#excursions"),
    ("Is every shift led by a charge nurse?", "skill-mix#charge-nurse"),
    ("Why does the midnight count mislead?", "occupancy-targets#measuring"),
    ("discharge lounge opening hours", "discharge-planning#lounge"),
    ("Is overtime compulsory?", "absence-cover#limits"),
    ("can a newly qualified nurse work alone", "skill-mix#newcomers"),
    ("how far apart must beds be in a cohort room", "isolation-cohorting#distance"),
    ("who ends isolation of a patient", "isolation-cohorting#ending"),
    ("does California require 1:6 or 1:5 on medical wards", "staffing-ratios#conflicts"),
    ("what does dangerously overcrowded mean in the ED", "ed-crowding#bands"),
    ("patients stuck in A&E waiting for a ward bed, who is responsible", "ed-crowding#boarding"),
    ("how long before can staff see the roster", "roster-fairness#publishing"),
    ("can two nurses swap their shifts", "roster-fairness#swaps"),
    ("is 85% occupancy safe, what is the evidence", "occupancy-targets#evidence"),
    ("difference between contingency and crisis care", "surge-capacity#stages"),
    ("shelf life of platelets", "blood-cold-chain#platelets-plasma"),
    ("when do we lower the escalation level", "escalation-levels#stepping-down"),
    ("what is an outlier patient", "glossary#beds"),
    ("how are expired lots handled", "supplies#expiry"),
    ("patient ready to leave ICU but no ward bed", "bed-allocation#icu-step-down"),
    ("are doctors' duties limited to 80 hours", "working-time#residents"),
    ("does the language model see patient names", "data-quality#privacy"),
    ("which vaccination goals can be chosen", "vaccination-priority#goals"),
]

CHINESE = [
    ("重症监护室一名护士最多管几个病人？", "staffing-ratios#icu"),
    ("两个班之间至少要休息多久？", "working-time#daily-rest"),
    ("最多可以连上几个夜班？", "working-time#in-a-row"),
    ("有护士请病假，按什么顺序找人顶班？", "absence-cover#order"),
    ("什么情况下可以用派遣护士？", "absence-cover#agency"),
    ("床位使用率超过92%怎么办？", "occupancy-targets#above-92"),
    ("应急3级的触发条件是什么？", "escalation-levels#level-3"),
    ("每个病区可以开几张加床？", "surge-capacity#surge-beds"),
    ("空气隔离的病人需要什么房间？", "isolation-cohorting#airborne"),
    ("男女病人可以住同一间吗？", "same-sex-accommodation#rule"),
    ("空出来的床位先给谁？", "bed-allocation#priority"),
    ("晚上可以转床吗？", "bed-allocation#nights"),
    ("NEDOCS怎么计算？", "ed-crowding#nedocs"),
    ("口罩什么时候补货？", "supplies#reorder-point"),
    ("红细胞可以保存多少天？", "blood-cold-chain#red-cells"),
    ("本院职工谁先打疫苗？", "vaccination-priority#staff"),
    ("助手能告诉我用药剂量吗？", "assistant-limits#clinical"),
    ("方案要由谁批准？", "assistant-limits#approval"),
    ("单间不够用怎么安排隔离病人？", "isolation-cohorting#shortage"),
    ("周末班怎么分配才公平？", "roster-fairness#fair-shares"),
    ("防护用品的消耗速率怎么算？", "supplies#burn-rate"),
    ("冰箱报警了疫苗怎么办？", "blood-cold-chain#excursions"),
    ("每班都要有带班护士吗？", "skill-mix#charge-nurse"),
    ("为什么零点统计会低估？", "occupancy-targets#measuring"),
    ("出院等候区几点开放？", "discharge-planning#lounge"),
    ("今早有人请假，谁来顶班", "absence-cover#order"),
    ("加班是强制的吗", "absence-cover#limits"),
    ("新毕业护士能单独上班吗", "skill-mix#newcomers"),
    ("集中病室床与床之间要隔多远", "isolation-cohorting#distance"),
    ("谁有权解除隔离", "isolation-cohorting#ending"),
    ("加州内外科病房是1:6还是1:5", "staffing-ratios#conflicts"),
    ("急诊评分多少算严重拥挤", "ed-crowding#bands"),
    ("急诊等床的病人归谁负责", "ed-crowding#boarding"),
    ("班表提前多久公布", "roster-fairness#publishing"),
    ("两名护士可以互相换班吗", "roster-fairness#swaps"),
    ("85%的占用率安全吗，有什么依据", "occupancy-targets#evidence"),
    ("应变阶段和危机阶段有什么区别", "surge-capacity#stages"),
    ("血小板能放几天", "blood-cold-chain#platelets-plasma"),
    ("什么时候可以降级", "escalation-levels#stepping-down"),
    ("什么叫借床患者", "glossary#beds"),
    ("过期的批号怎么处理", "supplies#expiry"),
    ("重症病人可以转出但普通病房没床", "bed-allocation#icu-step-down"),
    ("住院医师每周工作时间上限80小时吗", "working-time#residents"),
    ("语言模型能看到病人姓名吗", "data-quality#privacy"),
    ("疫苗接种可以选哪些目标", "vaccination-priority#goals"),
]

pytestmark = pytest.mark.weights


@pytest.mark.parametrize(("question", "section"), ENGLISH)
def test_an_english_question_finds_its_section(handbook_index: Index, question: str, section: str) -> None:
    """The section is among the first three, in English."""
    found = handbook_index.search(question, k=3)
    assert section in [passage.id for passage in found] and {passage.language for passage in found} == {"en"}


@pytest.mark.parametrize(("question", "section"), CHINESE)
def test_a_chinese_question_finds_its_section(handbook_index: Index, question: str, section: str) -> None:
    """The section is among the first three, in Chinese."""
    found = handbook_index.search(question, k=3)
    assert section in [passage.id for passage in found] and {passage.language for passage in found} == {"zh"}


@pytest.mark.parametrize(
    "question", ["what is the capital of France", "best pizza recipe", "今天天气怎么样", "写一首诗"]
)
def test_a_question_about_something_else_finds_nothing(handbook_index: Index, question: str) -> None:
    """An answer must not cite a section that has one word in common with the question."""
    assert handbook_index.search(question) == []
