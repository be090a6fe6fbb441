#!/usr/bin/env python3
"""Single operations beside PyTorch's: both sides by turns, the median of the ratios of neighbouring passes.

compare_operations.py OPERATION_BENCH PYTHON [NAME ...]    PYTHON: one with torch.

Below 1 is faster than PyTorch. The last line counts what is above the bound of 1.3.
"""
import pathlib
import statistics
import subprocess
import sys

PASSES = 5
BOUND = 1.3


def times(command):
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"compare_operations: {' '.join(command)}\n{run.stderr}")
    return {tuple(line.split()[:2]): float(line.split()[2]) for line in run.stdout.splitlines()}


def main(ours, python, *names):
    theirs = pathlib.Path(__file__).parent / "torch_operations.py"
    passes = [(times([ours, *names]), times([python, str(theirs), *names])) for _ in range(PASSES)]
    print(f"{'operation':<24}{'':>9}{'fovea ms':>10}{'torch ms':>10}{'ratio':>8}")
    slow = []
    for key in passes[0][0]:
        ratio = statistics.median(a[key] / b[key] for a, b in passes)
        fovea, torch = (1000 * statistics.median(p[side][key] for p in passes) for side in (0, 1))
        print(f"{key[0]:<24}{key[1]:>9}{fovea:>10.3f}{torch:>10.3f}{ratio:>8.2f}")
        if ratio > BOUND:
            slow.append(f"{key[0]} {key[1]} {ratio:.2f}")
    print(f"{len(passes[0][0])} measurements, {len(slow)} above {BOUND}" + (": " + ", ".join(slow) if slow else ""))


if len(sys.argv) < 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
