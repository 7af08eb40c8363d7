"""Reading the hand-written wordings."""

from assistant.tuning.templates import LANGUAGES, read_file, read_templates


def read(tmp_path, text, language="en"):
    path = tmp_path / language / "some.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    faults = []
    return list(read_file(path, faults)), faults


def test_a_block_gives_its_lines_their_calls(tmp_path):
    templates, faults = read(
        tmp_path,
        "# beds\n@ show_state measure=occupancy unit={unit} ; plan_beds unit={unit}\nIs {unit} full, and what then?\n",
    )
    assert not faults
    assert [call.name for call in templates[0].calls] == ["show_state", "plan_beds"]
    assert templates[0].calls[0].arguments == {"measure": "occupancy", "unit": "{unit}"}
    assert templates[0].name == "en/some:3"


def test_a_follow_up_keeps_what_was_asked_before_for_its_own_block_only(tmp_path):
    text = (
        "< show_state measure=occupancy unit={unit}\n@ show_state measure=occupancy unit={unit2}\nand {unit2}?\n"
        "@ ask_back missing=question\nhello\n"
    )
    (follow_up, plain), faults = read(tmp_path, text)
    assert not faults
    assert follow_up.earlier[0][0].arguments["unit"] == "{unit}"
    assert plain.earlier == ()


def test_every_mistake_is_told_with_its_place(tmp_path):
    text = (
        "no call yet\n@ show_state measure=mood\nx\n@ fly_away\ny\n@ plan_staffing days=7\nz\n"
        "@ plan_staffing unit={unit}\nno slot here\n@ show_state measure=stock item={thing}\nhow much {thing}\n"
        "@ plan_beds\nwho [goes where\n"
    )
    _, faults = read(tmp_path, text)
    said = "\n".join(faults)
    for place, words in (
        (1, "before the first"), (2, "mood"), (4, "fly_away"), (6, "needs unit"), (9, "does not say"),
        (11, "unknown slots"), (13, "brackets"),
    ):  # fmt: skip
        assert any(f"line {place}:" in fault and words in fault for fault in faults), (place, words, said)


def test_all_wordings_of_the_package_can_be_read():
    templates = read_templates()
    tools = {(template.language, call.name) for template in templates for call in template.calls}
    assert len(templates) > 10_000
    assert len(tools) == 13 * len(LANGUAGES)
