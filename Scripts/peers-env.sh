#!/usr/bin/env bash
# peers-env.sh [PYTHON]: makes the virtual environment of the peers in .build/peers, unless a Python with them is given.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -eq 0 ] || exit 0
environment=.build/peers
[ ! -e "$environment/complete" ] || exit 0
python3 -m venv "$environment"
"$environment/bin/pip" install --quiet torch torchvision onnx onnxscript onnxruntime openvino numpy
touch "$environment/complete"
