// How models are loaded and run: the choices, in words. The names are those of `webui.settings.ModelSettings`.

const MODEL_CHOICES = {
  memory: {
    place: "memory-fields",
    words: "Where weights are while a picture is made",
    choices: [
      ["auto", "Automatic", "Everything on the GPU where it fits, otherwise as little moving as possible."],
      ["full", "All in the GPU's memory", "Quickest; fails where it does not fit."],
      ["group", "Layers in groups", "Groups of layers come to the GPU while the one before computes. Somewhat slower."],
      ["sequential", "One layer at a time", "Needs the least memory, and is many times slower."],
    ],
  },
  vram_reserve_mb: { place: "memory-fields", words: "Left to other programs on the GPU", gigabytes: true },
  model_cache_mb: { place: "memory-fields", words: "Memory for models used before", gigabytes: true, empty: "half of what is free", hint: "Going back to one of them takes a moment instead of a load." },
  vae_tiling: {
    place: "memory-fields",
    words: "Decode in tiles",
    choices: [
      ["auto", "Automatic", "When a picture is too large to be decoded at once."],
      ["on", "Always", ""],
      ["off", "Never", ""],
    ],
  },
  precision: {
    place: "speed-fields",
    words: "Precision",
    choices: [
      ["auto", "Automatic", "The quickest that this machine can do well; measured."],
      ["float32", "fp32", "Finest, twice the memory."],
      ["bfloat16", "bf16", "Half the memory; for recent GPUs and processors."],
      ["float16", "fp16", "Half the memory; for GPUs."],
    ],
  },
  quantisation: {
    place: "speed-fields",
    words: "Weights in 8 bits",
    choices: [
      ["off", "No", ""],
      ["fp8", "fp8", "Half the memory again, a little coarser than int8; for recent GPUs. Needs pip install darkroom[quantization]."],
      ["int8", "int8", "Half the memory again; hardly to be seen. Needs pip install darkroom[quantization]."],
    ],
  },
  attention: {
    place: "speed-fields",
    words: "Attention",
    choices: [
      ["auto", "Automatic", "The quickest that is installed."],
      ["sdpa", "PyTorch's own", ""],
      ["xformers", "xformers", "Where that package is installed, on NVIDIA GPUs."],
    ],
  },
  compile: { place: "speed-fields", words: "Compile the network", toggle: true, hint: "The first step of a session takes a minute or more, and every later one is quicker. For GPUs." },
};
