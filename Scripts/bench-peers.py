#!/usr/bin/env python3
"""Speed and memory beside other programs, in one run: ours and theirs by turns, since a shared machine's speed drifts.

bench-peers.py FOVEA PYTHON PEERS [ROW ...] [--passes N]

FOVEA: the command; PYTHON: one with the peers' packages; PEERS: their side of the comparison (peers.py). A ROW is
"infer MODEL BATCH", "train MODEL BATCH", either with "-bf16" for both sides in bfloat16 (infer-bf16), or "int8 MODEL
BATCH" (predictions with whole numbers of 8 bits, the peers by int8-peers.py), with commas for spaces: infer,resnet50,16;
all of the table by default, without the rows that this processor has no arithmetic for.

For each row and peer: images/s and peak resident memory of both sides (medians over the passes), and the medians of the
ratios of neighbouring passes with their range. The table is Markdown, for docs/benchmarks.md.
"""
import datetime
import platform
import re
import subprocess
import sys
from pathlib import Path
from statistics import median

MODELS = ("alexnet", "vgg16", "resnet50", "densenet121", "googlenet", "unet")
# Work, and the ratio of speeds to each peer that the project wants at least.
GOALS = {
    **{("infer", model, batch): dict.fromkeys(("torch", "ort", "ov"), 1.3 if model == "vgg16" else 1.1)
       for model in MODELS for batch in (1, 16)},
    **{("infer-bf16", model, batch): {"ov-bf16": 1.0} for model in MODELS for batch in (1, 16)},
    **{("train", model, batch): {"torch": 2.0, "torch-compile": 1.5}
       for model, batch in (("resnet50", 16), ("resnet20", 128), ("vgg16", 8), ("unet", 4))},
    ("train", "lenet5", 128): {"torch": 4.0},
    ("train-bf16", "resnet50", 16): {"torch-bf16": 2.0},
    **{("int8", "resnet50", batch): {"ort": 1.0, "ov": 1.0} for batch in (1, 16)},
}
MEMORY_GOAL = 0.6
# For what is not in the table.
ENGINES = {"infer": ("torch", "ort", "ov"), "infer-bf16": ("ov-bf16",), "train": ("torch",), "train-bf16": ("torch-bf16",),
           "int8": ("ort", "ov")}
# What a processor has to have for work of a kind, as /proc/cpuinfo calls it: one of them.
NEEDS = {"bf16": {"avx512_bf16", "amx_bf16"}, "int8": {"avx512_vnni", "avx_vnni"}}
# What our models are called; the peers' U-Net takes pictures of 256×256.
OURS = {"unet": ["unet-same"]}
LINE = re.compile(r"([0-9.]+) images/s +peak ([0-9]+) MiB")


def measure(command):
    run = subprocess.run(command, capture_output=True, text=True)
    found = LINE.search(run.stdout)
    if not found:
        print(f"bench-peers: {' '.join(map(str, command))} printed no measurement:\n{run.stdout}{run.stderr}", file=sys.stderr)
        return None
    return float(found[1]), int(found[2])


def ours(fovea, kind, model, batch):
    work, _, precision = kind.partition("-")
    options = {"infer": [], "train": ["--training"], "int8": ["--precision", "int8"]}[work]
    if precision:
        options = [*options, "--precision", "bfloat16"]
    return measure([fovea, "bench", *OURS.get(model, [model]), *options, "--batch-size", str(batch), "--threads", "2"])


def versions(python):
    code = ("import importlib.metadata as m\n"
            "print(', '.join(f'{n} {m.version(n)}' for n in ('torch', 'onnxruntime', 'openvino')))")
    return subprocess.run([python, "-c", code], capture_output=True, text=True).stdout.strip()


def can_compute(kind):
    needed = NEEDS.get(kind.rpartition("-")[2])
    flags = next((line for line in open("/proc/cpuinfo") if line.startswith("flags")), "").split()
    return not needed or bool(needed & set(flags))


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def row(fovea, python, peers, kind, model, batch, passes):
    goals = GOALS.get((kind, model, batch)) or dict.fromkeys(ENGINES[kind])
    ours(fovea, kind, model, batch)  # kernels are measured and kept the first time
    results = []
    for _ in range(passes):
        mine = ours(fovea, kind, model, batch)
        program = [python, Path(__file__).with_name("int8-peers.py")] if kind == "int8" else [python, peers, kind.partition("-")[0]]
        theirs = {engine: measure([*program, model, str(batch), engine]) for engine in goals}
        if mine:
            results.append((mine, theirs))
    for engine, goal in goals.items():
        pairs = [(mine, theirs[engine]) for mine, theirs in results if theirs[engine]]
        if not pairs:
            print(f"| {kind} {model}, batch {batch} | {engine} | not measured |")
            continue
        speed = [a[0] / b[0] for a, b in pairs]
        memory = [a[1] / b[1] for a, b in pairs]
        reached = "" if goal is None else f"{goal:.1f} {'✓' if median(speed) >= goal else '✗'}"
        print(f"| {kind} {model}, batch {batch} | {engine} | {median([a[0] for a, _ in pairs]):.2f} | "
              f"{median([b[0] for _, b in pairs]):.2f} | **{median(speed):.2f}** ({min(speed):.2f} to {max(speed):.2f}) | "
              f"{reached} | {median([a[1] for a, _ in pairs]):.0f} | {median([b[1] for _, b in pairs]):.0f} | "
              f"{median(memory):.2f} {'✓' if median(memory) <= MEMORY_GOAL else '✗'} |", flush=True)


def main(arguments):
    passes = 5
    if "--passes" in arguments:
        place = arguments.index("--passes")
        passes = int(arguments[place + 1])
        del arguments[place:place + 2]
    if len(arguments) < 3:
        sys.exit(__doc__)
    fovea, python, peers, *names = arguments
    rows = [(kind, model, int(batch)) for kind, model, batch in (name.split(",") for name in names)] or [
        row for row in GOALS if can_compute(row[0])]
    print(f"{datetime.date.today()}, {processor()}, 2 threads, medians of {passes} alternating passes; {versions(python)}\n")
    print("| work | peer | ours, images/s | theirs | ours / theirs | goal | ours, MiB | theirs | ratio, goal 0.6 |")
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|", flush=True)
    for kind, model, batch in rows:
        row(fovea, python, peers, kind, model, batch, passes)


main(sys.argv[1:])
