"""A small hospital for tests: three units, 24 beds, 32 nurses, six weeks of HL7 messages, three patients waiting.

The clock ends on Tuesday 2026-03-10 20:00. Everything is made by a seeded generator; nothing is taken from anywhere.
"""

import random
from datetime import datetime, timedelta
from pathlib import Path

NOW = datetime(2026, 3, 10, 20, 0)
START = datetime(2026, 1, 26)

UNITS = """unit,name,name_zh,kind,service,patients_per_nurse_day,patients_per_nurse_night,aliases
ED,Emergency Department,急诊科,emergency,emergency,4,4,A&E
ICU,Intensive Care Unit,重症监护室,icu,critical care,2,2,ITU|Intensive Care
3B,Respiratory Ward,呼吸内科,ward,respiratory,5,8,Respiratory
"""
SHIFTS = """unit,shift,name,name_zh,start,end,minutes,night
,E,Early,早班,07:00,15:00,450,no
,L,Late,中班,14:30,22:30,450,no
,N,Night,夜班,22:00,07:30,540,yes
"""
STOCK = """item,name,name_zh,category,unit_of_measure,as_of,on_hand,used_per_day,reorder_point,lead_time_days,lot,expiry
MASK-N95,N95 mask,N95口罩,ppe,piece,2026-03-10,1200,150,1500,5,L1,2027-01-31
GLOVE-M,Gloves size M,中号手套,ppe,pair,2026-03-10,9000,400,2000,3,L2,2028-06-30
SALINE-1L,Saline 1 litre,生理盐水1升,fluid,bag,2026-03-10,300,20,,2,L3,2026-12-31
"""
SURNAMES = [
    "Chen",
    "Li",
    "Wang",
    "Zhao",
    "Sun",
    "Zhou",
    "Wu",
    "Xu",
    "Ma",
    "Gao",
    "Lin",
    "He",
    "Guo",
    "Luo",
    "Liang",
    "Song",
]
SURNAMES_ZH = ["陈", "李", "王", "赵", "孙", "周", "吴", "徐", "马", "高", "林", "何", "郭", "罗", "梁", "宋"]


def write_small_hospital(folder: Path) -> Path:
    """Write all files; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"units": UNITS, "shifts": SHIFTS, "stock": STOCK, "beds": _beds(), "staff": _staff(), "wishes": _wishes()}
    texts["absences"] = "staff,start,end,reason\nR03,2026-03-16,2026-03-20,leave\n"
    texts["roster"] = "staff,unit,day,shift\nR01,3B,2026-03-10,E\nR02,3B,2026-03-10,L\nI01,ICU,2026-03-10,E\n"
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "adt.hl7").write_text("\r".join(_messages()), encoding="utf-8")
    return folder


def _beds() -> str:
    rows = ["unit,room,bed,isolation,ventilator,sex_rule,open"]
    rows += [f"ED,B{n},ED-{n},no,no,any,yes" for n in range(1, 7)]
    rows += [f"ICU,{n},ICU-{n},{'yes' if n < 3 else 'no'},yes,any,yes" for n in range(1, 7)]
    rows += [f"3B,{room},{room}-{n},no,no,same,yes" for room in ("31", "32") for n in range(1, 6)]
    rows += ["3B,33,33-1,yes,no,same,yes", "3B,34,34-1,yes,no,same,no"]
    return "\n".join(rows) + "\n"


def _staff() -> str:
    rows = ["staff,name,name_zh,unit,role,skills,hours_per_week,nights"]
    for unit, letter, given, given_zh, skill in (
        ("ICU", "I", "Wei", "伟", "icu"),
        ("3B", "R", "Na", "娜", "respiratory"),
    ):
        for n in range(16):
            skills = f"{skill}|charge" if n % 3 == 0 else skill
            name, name_zh = f"{SURNAMES[n]} {given}", f"{SURNAMES_ZH[n]}{given_zh}"
            rows.append(f"{letter}{n + 1:02d},{name},{name_zh},{unit},nurse,{skills},37.5,{'no' if n == 5 else 'yes'}")
    return "\n".join(rows) + "\n"


def _wishes() -> str:
    rows = ["staff,day,kind,shift,weight"]
    rows += [f"R{n:02d},2026-03-{16 + n},off,,2" for n in range(1, 8)]
    return "\n".join(rows) + "\n"


def _messages() -> list[str]:
    """Arrivals, admissions and discharges in order of time, then three requests for beds on the last evening."""
    rng = random.Random(7)
    free = {
        "ICU": [f"{n}^ICU-{n}" for n in range(1, 7)],
        "3B": [f"{r}^{r}-{n}" for r in ("31", "32") for n in range(1, 6)],
    }
    sexes = {"31": "F", "32": "M"}
    leaving: list[tuple[datetime, str, str, str, str]] = []
    sent: list[tuple[datetime, str]] = []
    number = 0
    for hour in range(int((NOW - START) / timedelta(hours=1))):
        at = START + timedelta(hours=hour, minutes=rng.randrange(60))
        for stay in [stay for stay in leaving if stay[0] <= at]:
            leaving.remove(stay)
            free[stay[1]].append(stay[2])
            sent.append((stay[0], message("A03", stay[0], stay[3], stay[1], stay[2], "I", sex=stay[4])))
        if rng.random() < (0.5 if 9 <= at.hour < 23 else 0.2):
            number += 1
            unit = "ICU" if rng.random() < 0.18 else "3B"
            sex = rng.choice("FM")
            sent.append((at, message("A04", at, f"V{number}", "ED", "B1^", "E", sex=sex)))
            admit = at + timedelta(hours=2)
            fitting = [bed for bed in free[unit] if sexes.get(bed.split("^")[0], sex) == sex]
            if fitting and rng.random() < 0.4 and admit < NOW - timedelta(hours=1):
                bed = fitting[0]
                free[unit].remove(bed)
                sent.append((admit, message("A01", admit, f"V{number}", unit, bed, "I", sex=sex)))
                stay_days = rng.uniform(1.5, 6)
                leaving.append((admit + timedelta(days=stay_days), unit, bed, f"V{number}", sex))
            else:
                sent.append(
                    (
                        at + timedelta(hours=3),
                        message("A03", at + timedelta(hours=3), f"V{number}", "ED", "B1^", "E", sex=sex),
                    )
                )
    early = [text for at, text in sorted(sent) if at <= NOW - timedelta(minutes=90)]
    return early + _waiting()


def _waiting() -> list[str]:
    wanted = (("W1", "3B", "F", "ISO", 2), ("W2", "ICU", "M", "VENT", 1), ("W3", "3B", "M", "", 3))
    texts = []
    for n, (visit, unit, sex, needs, acuity) in enumerate(wanted):
        at = NOW - timedelta(minutes=80 - 20 * n)
        texts.append(message("A04", at, visit, "ED", f"B{n + 2}^ED-{n + 2}", "E", sex=sex))
        asked = at + timedelta(minutes=10)
        texts.append(message("A15", asked, visit, "ED", f"B{n + 2}^ED-{n + 2}", "E", sex, unit, needs, acuity))
    texts.append(message("A08", NOW, "W3", "ED", "B4^ED-4", "E", sex="M", needs="", acuity=3))
    return texts


def message(
    trigger: str,
    at: datetime,
    visit: str,
    unit: str,
    place: str,
    visit_class: str,
    sex: str = "F",
    pending: str = "",
    needs: str = "",
    acuity: int | None = None,
) -> str:
    """One ADT message, segments joined by carriage returns."""
    time = f"{at:%Y%m%d%H%M%S}"
    control = f"{trigger}-{visit}-{time}"
    pv1 = [""] * 46
    pv1[1], pv1[2], pv1[3], pv1[19], pv1[42] = "1", visit_class, f"{unit}^{place}^SMALL", visit, pending
    pv2 = [""] * 41
    pv2[2], pv2[40] = needs, str(acuity or "")
    return "\r".join(
        [
            f"MSH|^~\\&|ADT|SMALL|HDA|SITE|{time}||ADT^{trigger}|{control}|P|2.5",
            f"EVN|{trigger}|{time}||||{time}",
            f"PID|1||P{visit}^^^SMALL^MR||TEST^PATIENT||19700101|{sex}",
            "PV1|" + "|".join(pv1[1:]),
            "PV2|" + "|".join(pv2[1:]),
        ]
    )
