"""Resizes images by Pillow: reads a JSON line of cases, then their pixels; writes the results one after the other."""

import json
import sys

import numpy as np
from PIL import Image

filters = {"bicubic": Image.BICUBIC, "bilinear": Image.BILINEAR}
for case in json.loads(sys.stdin.buffer.readline()):
    _, name, *precision = case["method"].split("-")
    shape = (case["height"], case["width"], case["channels"])
    pixels = np.frombuffer(sys.stdin.buffer.read(int(np.prod(shape))), np.uint8).reshape(shape)
    target, resample = (case["to"]["width"], case["to"]["height"]), filters[name]
    if precision == ["float32"]:
        # Channel by channel, as clean-fid does it.
        images = [Image.fromarray(pixels[:, :, i].astype(np.float32), mode="F") for i in range(shape[2])]
        result = np.stack([np.asarray(image.resize(target, resample)).clip(0, 255) for image in images], axis=2)
    else:
        image = Image.fromarray(pixels if shape[2] == 3 else pixels[:, :, 0])
        result = np.asarray(image.resize(target, resample)).astype(np.float32)
    sys.stdout.buffer.write(np.ascontiguousarray(result, np.float32).tobytes())
