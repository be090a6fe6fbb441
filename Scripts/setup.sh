#!/usr/bin/env bash
# Makes sure of everything that building, testing and the demo need. Does nothing twice.
# Debian packages come through apt-get, as root or with sudo; where neither works, prints the command and stops with 1.
set -euo pipefail

packages=(
  libdnnl-dev                    # oneDNN: convolution, matrix product and other heavy kernels
  libgomp1 libgcc-12-dev         # its thread pool, shared by our own kernels, and what links against it
  libjpeg62-turbo-dev            # JPEG decoding
  libpng-dev                     # PNG decoding and writing
  libarchive-dev                 # .tar.gz and .npz containers
  libbz2-dev liblzma-dev libzstd-dev nettle-dev # what its archive is linked with
  zlib1g-dev                     # .gz files, with their checksums
  libonnx-dev libprotobuf-dev    # ONNX files: their message classes, and the protobuf that these are made with
  libhdf5-dev                    # Keras's files, .h5 and .keras
  libaec-dev                     # what HDF5's archive is linked with
  dataset-fashion-mnist          # the demo's 70,000 real pictures
)

if ! command -v swift >/dev/null; then
  echo "setup: Swift 6.1 or later is missing; install it from https://www.swift.org/install/linux" >&2
  exit 1
fi

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=()
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
  as_root=(sudo)
else
  echo "setup: these packages are missing and this user cannot install them; run as root:" >&2
  echo "  apt-get update && apt-get install -y ${missing[*]}" >&2
  exit 1
fi

echo "setup: installing ${missing[*]}" >&2
"${as_root[@]}" apt-get update -q >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
