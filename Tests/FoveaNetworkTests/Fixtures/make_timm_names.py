"""Makes timm_names.json: timm's names of tensors, by our name of the model. Run: python3 make_timm_names.py"""

import json
from pathlib import Path

import timm

MODELS = {
    "mobilenet-v2": "mobilenetv2_100", "mobilenet-v3": "mobilenetv3_large_100",
    "mobilenet-v3-small": "mobilenetv3_small_100", "efficientnet-b0": "efficientnet_b0",
    "convnext-tiny": "convnext_tiny", "vgg11": "vgg11", "vgg16-bn": "vgg16_bn",
}

names = {
    ours: [name for name in timm.create_model(theirs).state_dict() if not name.endswith("num_batches_tracked")]
    for ours, theirs in MODELS.items()
}
Path(__file__).with_name("timm_names.json").write_text(json.dumps(names, separators=(",", ":")) + "\n")
