# The two commands of the README, and what they are made of. Each target sets up what it needs.
.PHONY: demo test setup build lint format docs bench-peers bench-ops clean

fovea := .build/release/fovea
demo_output := runs/demo
PEERS := ../shared/bench/peers.py
fashion := /usr/share/datasets/fashion-mnist

setup:
	@Scripts/setup.sh

build: setup
	swift build -c release --product fovea

# Trains LeNet-5 on 60,000 real pictures, evaluates it on 10,000 others, and names a few of them.
demo: build
	@Scripts/demo.sh $(fovea) $(fashion) $(demo_output)

# Everything is tested optimised: compute-heavy Swift is a hundred times slower in debug builds.
test: setup lint
	swift build -c release --build-tests
	FOVEA_CACHE=$(CURDIR)/.build/cache swift test -c release --skip-build

lint:
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks

format:
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks

# The reference of all modules, by DocC; a warning is an error.
docs: setup
	@Scripts/docs.sh .build/docs

# Speed and memory beside PyTorch, ONNX Runtime and OpenVINO, by turns: make bench-peers [ROWS="infer,resnet50,16 …"].
# Their packages come from PyPI into a virtual environment (about 6 GB), unless PYTHON is one that has them.
bench-peers: build
	@Scripts/peers-env.sh $(PYTHON)
	@Scripts/bench-peers.py $(fovea) $(or $(PYTHON),.build/peers/bin/python) $(PEERS) $(ROWS)

# Single operations, forward and backward, beside PyTorch's by turns: make bench-ops PYTHON=… (a Python with torch).
bench-ops: setup
	swift build -c release --product OperationBench
	@Benchmarks/OperationBench/compare_operations.py .build/release/OperationBench $(PYTHON)

clean:
	swift package clean
