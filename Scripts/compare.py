#!/usr/bin/env python3
"""Speed and memory beside a peer, in one run: ours and theirs by turns, since a shared machine's speed drifts.

compare.py FOVEA PEER [MODEL ...]     PEER: the command of the peers' side, e.g. "python peers.py"

Prints images/s and peak resident memory of every pass, and the median of the ratios of neighbouring passes.
"""
import re
import shlex
import statistics
import subprocess
import sys

PASSES = 5
BATCH = "128"
LINE = re.compile(r"([0-9.]+) images/s +peak ([0-9]+) MiB")


def measure(command):
    run = subprocess.run(command, capture_output=True, text=True)
    found = LINE.search(run.stdout)
    if not found:
        sys.exit(f"compare: {shlex.join(command)} printed no measurement:\n{run.stdout}{run.stderr}")
    return float(found[1]), int(found[2])


def main(fovea, peer, *models):
    for model in models or ("lenet5", "resnet20"):
        speed, memory = [], []
        for number in range(1, PASSES + 1):
            ours = measure([fovea, "bench", model, "--training", "--batch-size", BATCH, "--threads", "2"])
            theirs = measure([*shlex.split(peer), "train", model, BATCH, "torch"])
            print(f"train {model:<10} batch {BATCH} pass {number}:  fovea {ours[0]:>9.0f} images/s {ours[1]:>5} MiB"
                  f"   torch {theirs[0]:>9.0f} images/s {theirs[1]:>5} MiB", flush=True)
            speed.append(ours[0] / theirs[0])
            memory.append(ours[1] / theirs[1])
        print(f"train {model:<10} batch {BATCH} median:  {statistics.median(speed):.2f} times torch's speed"
              f" (from {min(speed):.2f} to {max(speed):.2f}), {statistics.median(memory):.2f} of its memory", flush=True)


if len(sys.argv) < 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
