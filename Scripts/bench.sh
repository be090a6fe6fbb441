#!/usr/bin/env bash
# bench.sh FOVEA: training speed and memory of the models that the issue of speed compares, two threads.
# The peers' side: shared/bench/peers.py train lenet5 128 torch, and so on; compare within one run, alternately.
set -euo pipefail
fovea=$1
for model in lenet5 resnet20; do "$fovea" bench "$model" --training --batch-size 128 --threads 2; done
