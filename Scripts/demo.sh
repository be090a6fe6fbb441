#!/usr/bin/env bash
# demo.sh FOVEA DATA OUTPUT: trains, evaluates and predicts, and shows each command.
set -euo pipefail
fovea=$1 data=fashion-mnist:$2 output=$3

say() { printf '\n$ %s\n' "fovea $*"; "$fovea" "$@"; }

rm -rf "$output"
say summary lenet5
say train lenet5 --data "$data" --epochs 4 --seed 1 --output "$output"
say evaluate "$output" --data "$data"
say export-samples "$data" --count 5 --output "$output/pictures"
say predict "$output" "$output"/pictures/*.png --top 3
