"""What this machine can serve a language model with: its GPUs, or its processor and memory."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

_FIELDS = ("index", "uuid", "name", "memory.total", "memory.free", "compute_cap")
_SECONDS = 20
_MIB_PER_GIB = 1024


@dataclass(frozen=True)
class Gpu:
    """One GPU.

    Attributes:
        name: As its maker calls it.
        memory: In GiB.
        free: What of it is not in use now, in GiB.
        capability: CUDA compute capability; bfloat16 needs 8.0.
    """

    name: str
    memory: float
    free: float
    capability: float = 8.0


@dataclass(frozen=True)
class Hardware:
    """The machine.

    Attributes:
        gpus: In the order in which CUDA counts them.
        cpus: Cores this process may use.
        memory: Of the machine, in GiB.
    """

    gpus: tuple[Gpu, ...]
    cpus: int
    memory: float

    def in_words(self) -> str:
        """One line for a person."""
        if not self.gpus:
            return f"no GPU; {self.cpus} CPU cores, {self.memory:.0f} GiB of memory"
        return "; ".join(f"{gpu.name}, {gpu.free:.0f} of {gpu.memory:.0f} GiB free" for gpu in self.gpus)


def find_hardware(environment: Mapping[str, str] = os.environ) -> Hardware:
    """This machine's GPUs by nvidia-smi (none without it), its cores and memory."""
    listed = _listed()
    gpus = [gpu for key, gpu in listed if _visible(key, environment.get("CUDA_VISIBLE_DEVICES"))]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return Hardware(tuple(gpus), len(os.sched_getaffinity(0)), memory)


def _listed() -> list[tuple[tuple[str, str], Gpu]]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    command = [program, f"--query-gpu={','.join(_FIELDS)}", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return []  # a driver that does not answer is no GPU; vLLM would not get one either
    return read_gpus(answer.stdout)


def read_gpus(table: str) -> list[tuple[tuple[str, str], Gpu]]:
    """((index, uuid), GPU) for each line of nvidia-smi's table; lines with figures it could not read are left out."""
    found = []
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        try:
            index, uuid, name, memory, free, capability = cells
            gpu = Gpu(name, float(memory) / _MIB_PER_GIB, float(free) / _MIB_PER_GIB, float(capability))
        except ValueError:
            continue
        found.append(((index, uuid), gpu))
    return found


def _visible(key: tuple[str, str], named: str | None) -> bool:
    """Whether CUDA_VISIBLE_DEVICES lets programs see the GPU; unset, they see all."""
    if named is None:
        return True
    index, uuid = key
    return any(name == index or (name and uuid.startswith(name)) for name in named.split(","))
