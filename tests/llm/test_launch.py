"""The command line for vLLM, for machines that we do not have."""

import pytest

from assistant.errors import SetupError
from assistant.llm.families import best_fit, parsers_for
from assistant.llm.hardware import Gpu, Hardware, find_hardware, read_gpus
from assistant.llm.launch import Wanted, plan_launch

PROGRAM = ("python", "-m", "server")


def machine(*gpus: Gpu) -> Hardware:
    return Hardware(tuple(gpus), 16, 128.0)


def gpu(memory: float, free: float | None = None, capability: float = 8.9) -> Gpu:
    return Gpu("Some GPU", memory, memory - 0.3 if free is None else free, capability)


def launch(wanted: Wanted, hardware: Hardware, checkpoint=None):
    return plan_launch(wanted, hardware, PROGRAM, checkpoint)


def flag(started, name: str) -> str | None:
    return started.command[started.command.index(name) + 1] if name in started.command else None


@pytest.mark.parametrize(
    ("memory", "model"),
    [
        (80, "Qwen/Qwen3-8B"),  # A100, H100
        (48, "Qwen/Qwen3-8B"),  # L40S
        (24, "Qwen/Qwen3-8B"),  # RTX 4090
        (22.5, "Qwen/Qwen3-8B"),  # L4, A10
        (16, "Qwen/Qwen3-4B"),
        (12, "Qwen/Qwen3-4B"),
        (10, "Qwen/Qwen3-1.7B"),
        (8, "Qwen/Qwen3-1.7B"),
        (6, "Qwen/Qwen3-0.6B"),
    ],
)
def test_the_default_is_the_largest_that_the_memory_holds(memory, model):
    started = launch(Wanted(), machine(gpu(memory, free=memory)))
    assert started.served_name == started.model == model
    assert flag(started, "--model") == model
    assert int(flag(started, "--max-model-len")) >= 8192


def test_memory_in_use_does_not_count():
    started = launch(Wanted(), machine(gpu(24, free=14)))
    assert started.served_name == "Qwen/Qwen3-4B"
    assert float(flag(started, "--gpu-memory-utilization")) <= 14 / 24


def test_two_small_gpus_hold_together_what_one_does_not(tmp_path):
    one = launch(Wanted(), machine(gpu(12, free=12)))
    two = launch(Wanted(), machine(gpu(12, free=12), gpu(12, free=12)))
    assert (one.served_name, flag(one, "--tensor-parallel-size")) == ("Qwen/Qwen3-4B", None)
    assert (two.served_name, flag(two, "--tensor-parallel-size")) == ("Qwen/Qwen3-8B", "2")


def test_three_gpus_use_two_since_heads_are_dealt_out_evenly():
    started = launch(Wanted(), machine(*[gpu(24)] * 3))
    assert flag(started, "--tensor-parallel-size") == "2"
    assert any("1 of 3 GPUs" in note for note in started.notes)


def test_fewer_gpus_can_be_asked_for_and_more_are_refused():
    hardware = machine(*[gpu(24)] * 4)
    assert flag(launch(Wanted(gpus=4), hardware), "--tensor-parallel-size") == "4"
    assert flag(launch(Wanted(gpus=1), hardware), "--tensor-parallel-size") is None
    with pytest.raises(SetupError, match="5 GPUs were asked for"):
        launch(Wanted(gpus=5), hardware)


def test_a_machine_without_a_gpu_serves_our_own_checkpoint(tmp_path):
    started = launch(Wanted(), machine(), checkpoint=tmp_path)
    assert started.served_name == "embedded"
    assert started.environment["VLLM_CPU_KVCACHE_SPACE"] == "2"
    assert "--gpu-memory-utilization" not in started.command


def test_our_checkpoint_is_served_with_the_backend_that_reads_our_grammar(tmp_path):
    for hardware in (machine(), machine(gpu(24)), machine(gpu(80), gpu(80))):
        started = launch(Wanted(model="embedded"), hardware, checkpoint=tmp_path)
        assert flag(started, "--model") == str(tmp_path)
        assert flag(started, "--served-model-name") == "embedded"
        assert flag(started, "--structured-outputs-config.backend") == "guidance"
        assert flag(started, "--tool-call-parser") == "hermes"
        assert started.environment["HF_HUB_OFFLINE"] == "1"
        # Nine heads cannot be dealt out to two GPUs.
        assert "--tensor-parallel-size" not in started.command


def test_our_checkpoint_leaves_a_large_gpu_to_others(tmp_path):
    started = launch(Wanted(model="embedded"), machine(gpu(80)), checkpoint=tmp_path)
    assert float(flag(started, "--gpu-memory-utilization")) == pytest.approx(0.1)


def test_our_checkpoint_must_be_built():
    with pytest.raises(SetupError, match="assistant llm build"):
        launch(Wanted(model="embedded"), machine())


@pytest.mark.parametrize(
    ("name", "tool_calls", "reasoning"),
    [
        ("Qwen/Qwen3-8B", "hermes", "qwen3"),
        ("Qwen/Qwen3-4B-Instruct-2507", "hermes", "qwen3"),
        ("Qwen/Qwen3-Coder-30B-A3B-Instruct", "qwen3_xml", ""),
        ("Qwen/Qwen3.5-9B", "qwen3_xml", "qwen3"),
        ("Qwen/Qwen2.5-7B-Instruct", "hermes", ""),
        ("NousResearch/Hermes-3-Llama-3.1-8B", "hermes", ""),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama3_json", ""),
        ("mistralai/Ministral-8B-Instruct-2410", "mistral", ""),
        ("openai/gpt-oss-20b", "openai", "openai_gptoss"),
        ("/weights/Qwen3-8B/", "hermes", "qwen3"),
        ("somebody/new-thing", "", ""),
    ],
)
def test_the_parsers_follow_from_the_name(name, tool_calls, reasoning):
    parsers = parsers_for(name)
    assert (parsers.tool_calls, parsers.reasoning) == (tool_calls, reasoning)
    started = launch(Wanted(model=name), machine(gpu(80)))
    assert flag(started, "--tool-call-parser") == (tool_calls or None)
    assert flag(started, "--reasoning-parser") == (reasoning or None)
    assert ("--enable-auto-tool-choice" in started.command) == bool(tool_calls)


def test_an_unknown_name_says_that_no_parser_is_known_and_takes_one():
    unknown = launch(Wanted(model="somebody/new-thing"), machine(gpu(80)))
    assert any("--parser" in note for note in unknown.notes)
    assert flag(unknown, "--max-model-len") == "auto"
    told = launch(Wanted(model="somebody/new-thing", parser="xlam"), machine(gpu(80)))
    assert flag(told, "--tool-call-parser") == "xlam"


def test_an_old_gpu_gets_half_precision():
    assert flag(launch(Wanted(), machine(gpu(16, capability=7.5))), "--dtype") == "half"
    assert flag(launch(Wanted(), machine(gpu(16, capability=8.0))), "--dtype") is None


def test_several_machines_are_joined_by_ray():
    started = launch(Wanted(model="Qwen/Qwen3-235B-A22B", nodes=2), machine(*[gpu(80)] * 8))
    assert flag(started, "--pipeline-parallel-size") == "2"
    assert flag(started, "--tensor-parallel-size") == "8"
    assert flag(started, "--distributed-executor-backend") == "ray"
    assert len(started.join) == 2
    with pytest.raises(SetupError, match="by their GPUs"):
        launch(Wanted(model="Qwen/Qwen3-8B", nodes=2), machine())


def test_only_this_machine_can_reach_it_unless_asked_for():
    inside, outside = launch(Wanted(), machine(gpu(24))), launch(Wanted(host="0.0.0.0"), machine(gpu(24)))
    assert flag(inside, "--host") == "127.0.0.1"
    assert not any("proxy" in note for note in inside.notes)
    assert any("proxy" in note for note in outside.notes)
    assert outside.base_url == "http://127.0.0.1:8000/v1"


def test_no_figures_about_the_server_leave_it():
    for hardware in (machine(), machine(gpu(24))):
        assert launch(Wanted(model="Qwen/Qwen3-8B"), hardware).environment["VLLM_NO_USAGE_STATS"] == "1"


def test_own_arguments_come_last_and_the_model_first_for_vllm_serve():
    started = plan_launch(
        Wanted(model="Qwen/Qwen3-8B", extra=("--max-num-seqs", "4")), machine(gpu(24)), ("vllm", "serve"), None
    )
    assert started.command[:3] == ("vllm", "serve", "Qwen/Qwen3-8B")
    assert started.command[-2:] == ("--max-num-seqs", "4")


def test_too_little_memory_is_no_fit():
    assert best_fit(3) is None
    assert best_fit(1000) == ("Qwen/Qwen3-8B", 16384)


TABLE = """\
0, GPU-1a, NVIDIA H100 80GB HBM3, 81559, 80994, 9.0
1, GPU-2b, NVIDIA T4, 15360, 15100, 7.5
2, GPU-3c, Broken one, [N/A], [N/A], 8.0
"""


def test_the_table_of_nvidia_smi_is_read():
    (key, first), (_, second) = read_gpus(TABLE)
    assert key == ("0", "GPU-1a")
    assert first.name == "NVIDIA H100 80GB HBM3"
    assert first.memory == pytest.approx(79.6, abs=0.1)
    assert second.capability == 7.5


def test_gpus_that_are_hidden_from_programs_are_not_found(tmp_path, monkeypatch):
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\ncat <<END\n{TABLE}END\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert [g.name for g in find_hardware({}).gpus] == ["NVIDIA H100 80GB HBM3", "NVIDIA T4"]
    assert [g.name for g in find_hardware({"CUDA_VISIBLE_DEVICES": "1"}).gpus] == ["NVIDIA T4"]
    assert find_hardware({"CUDA_VISIBLE_DEVICES": ""}).gpus == ()
    assert [g.name for g in find_hardware({"CUDA_VISIBLE_DEVICES": "GPU-1a"}).gpus] == ["NVIDIA H100 80GB HBM3"]


def test_a_driver_that_does_not_answer_is_no_gpu(tmp_path, monkeypatch):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'Failed to initialize NVML' >&2; exit 255\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert find_hardware({}).gpus == ()
