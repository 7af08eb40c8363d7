"""One runtime, measured in a process of its own: `python eval/runtime_workers.py RUNTIME JOB.json RESULT.json`.

Runs in an environment that need not have this project, so it imports nothing of it but for our own runtime. The job
holds the checkpoint's folder, the threads and the questions (messages, tokens, grammars); the result the replies, the
seconds of each, the seconds to load, and the peak memory. Started by `python -m eval runtimes`.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

NOT_INSTALLED = 3
_MOST_TOKENS = 300

# A question's row in, its reply out: a text, or token ids.
Answer = Callable[[dict[str, Any]], Any]


def transformers(job: dict[str, Any], dtype: str) -> tuple[Answer, str]:
    """Ours: transformers and llguidance."""
    from langchain_core.messages import AIMessage, HumanMessage

    from assistant.llm.embedded import EmbeddedChatModel

    language_model = EmbeddedChatModel(folder=Path(job["folder"]), threads=job["threads"], dtype=dtype, seconds=600)
    language_model.load()
    kinds = {"human": HumanMessage, "ai": AIMessage}

    def answer(row: dict[str, Any]) -> str:
        messages = [kinds[kind](text) for kind, text in row["messages"]]
        return str(language_model.invoke(messages, grammar=row["lark"]).text)

    return answer, f"transformers {metadata.version('transformers')}, torch {metadata.version('torch')}"


def ctranslate2(job: dict[str, Any]) -> tuple[Answer, str]:
    """CTranslate2, int8: without a grammar, so that what it writes must be checked afterwards."""
    import ctranslate2 as runtime

    generator = runtime.Generator(job["ctranslate2"], device="cpu", compute_type="int8", intra_threads=job["threads"])

    def answer(row: dict[str, Any]) -> list[int]:
        results = generator.generate_batch(
            [row["token_texts"]],
            max_length=_MOST_TOKENS,
            sampling_topk=1,
            end_token=[job["end"]],
            include_prompt_in_result=False,
        )
        return list(results[0].sequences_ids[0])

    return answer, f"ctranslate2 {metadata.version('ctranslate2')}"


def openvino(job: dict[str, Any]) -> tuple[Answer, str]:
    """OpenVINO GenAI, int8, held to the grammar by xgrammar."""
    import numpy as np
    import openvino as base
    import openvino_genai as runtime

    pipeline = runtime.LLMPipeline(job["openvino"], "CPU", INFERENCE_NUM_THREADS=job["threads"])

    def answer(row: dict[str, Any]) -> list[int]:
        config = runtime.GenerationConfig()
        config.max_new_tokens, config.do_sample, config.eos_token_id = _MOST_TOKENS, False, job["end"]
        config.structured_output_config = runtime.StructuredOutputConfig(grammar=row["ebnf"])
        return list(pipeline.generate(base.Tensor(np.array([row["tokens"]], dtype=np.int64)), config).tokens[0])

    return answer, f"openvino-genai {metadata.version('openvino-genai')}"


RUNTIMES: dict[str, Callable[[dict[str, Any]], tuple[Answer, str]]] = {
    "transformers-bfloat16": lambda job: transformers(job, "bfloat16"),
    "transformers-float32": lambda job: transformers(job, "float32"),
    "ctranslate2-int8": ctranslate2,
    "openvino-int8": openvino,
}


def main(name: str, job_file: str, result_file: str) -> int:
    """Measure one runtime; 3 if it is not installed here."""
    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    began = time.monotonic()
    try:
        answer, version = RUNTIMES[name](job)
    except ImportError as missing:
        print(missing, file=sys.stderr)
        return NOT_INSTALLED
    loaded = time.monotonic() - began
    replies, seconds, cpu_seconds = [], [], []
    # The first question once more at the beginning: what is made at the first use is not its latency.
    for row in [job["questions"][0], *job["questions"]]:
        began, computed = time.monotonic(), time.process_time()
        replies.append(answer(row))
        seconds.append(time.monotonic() - began)
        # On a busy machine the processor's time says more than the clock's.
        cpu_seconds.append(time.process_time() - computed)
        print(f"{len(replies) - 1} of {len(job['questions'])}", file=sys.stderr, flush=True)
    result = {
        "version": version,
        "seconds_to_load": loaded,
        "first_question_seconds": seconds[0],
        "seconds": seconds[1:],
        "cpu_seconds": cpu_seconds[1:],
        "replies": replies[1:],
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    Path(result_file).write_text(json.dumps(result), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
