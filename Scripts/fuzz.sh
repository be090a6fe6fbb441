#!/usr/bin/env bash
# Reads damaged copies of small files, COUNT of each format (100,000), with the address and undefined-behaviour
# sanitizers on, a limit of 1 GiB and of ten seconds of computing for each file: fuzz.sh [COUNT] [FORMAT ...]
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh

count=${1:-100000}
shift || true
formats=("$@")
[ ${#formats[@]} -gt 0 ] || formats=(safetensors pytorch pytorch-old npy npz onnx hdf5 keras caffemodel model)

nice swift build -c release --product FormatFuzz --scratch-path .build/fuzz --sanitize=address \
  -Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=undefined
export ASAN_OPTIONS=max_allocation_size_mb=256:hard_rss_limit_mb=1024:detect_leaks=0:abort_on_error=1

failed=0
for format in "${formats[@]}"; do
  if ! .build/fuzz/release/FormatFuzz "$format" 0 "$count"; then
    echo "fuzz: $format failed" >&2
    failed=1
  fi
done
exit $failed
