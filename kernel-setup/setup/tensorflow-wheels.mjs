// @ts-check
/**
 * The wheels whose C library runs the tensors, pinned. Only their C library and headers are kept, so the Python
 * version in a wheel's name does not matter: any Python downloads them.
 */

/**
 * @typedef {object} Wheel
 * @property {string} requirement
 * @property {string} platform pip's name for it
 * @property {number} bytes
 * @property {string} sha256
 * @property {string[]} keep patterns of the members that are needed
 */

export const version = "2.21.0";

const C_LIBRARY = [
  "tensorflow/libtensorflow_cc.*",
  "tensorflow/libtensorflow_framework.*",
  "tensorflow/include/tensorflow/c/*",
  "tensorflow/include/tensorflow/core/platform/ctstring*.h",
  "tensorflow/include/tsl/platform/ctstring*.h",
  "tensorflow/include/xla/tsl/c/*",
  "tensorflow/include/absl/*", // for src/backend/quiet-start.cc
];

/** @param {string} name @param {string} platform @param {number} bytes @param {string} sha256 @returns {Wheel} */
const tensorflow = (name, platform, bytes, sha256) => ({
  requirement: `${name}==${version}`,
  platform,
  bytes,
  sha256,
  keep: C_LIBRARY,
});

/**
 * Their libraries are found without LD_LIBRARY_PATH: the wheels' run paths point from tensorflow/ to nvidia/ beside it.
 * @param {string} name @param {string} version @param {string} platform @param {number} bytes @param {string} sha256
 * @returns {Wheel}
 */
const cuda = (name, version, platform, bytes, sha256) => ({
  requirement: `nvidia-${name}-cu12==${version}`,
  platform,
  bytes,
  sha256,
  keep: ["nvidia/*/lib/*.so*", "nvidia/cuda_nvcc/bin/*", "nvidia/cuda_nvcc/nvvm/libdevice/*"],
});

/** @type {Record<string, Wheel[]>} by variant, system and processor */
export const wheels = {
  "cpu linux x64": [
    tensorflow(
      "tensorflow-cpu",
      "manylinux_2_27_x86_64",
      273829956,
      "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
    ),
  ],
  "cpu linux arm64": [
    tensorflow(
      "tensorflow",
      "manylinux_2_27_aarch64",
      281828020,
      "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
    ),
  ],
  "cpu darwin arm64": [
    tensorflow(
      "tensorflow",
      "macosx_12_0_arm64",
      223405849,
      "51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88",
    ),
  ],
  "gpu linux x64": [
    tensorflow(
      "tensorflow",
      "manylinux_2_27_x86_64",
      572440367,
      "9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124",
    ),
    cuda(
      "cublas",
      "12.9.3.13",
      "manylinux_2_27_x86_64",
      581217458,
      "d7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72",
    ),
    cuda(
      "cuda-cupti",
      "12.9.79",
      "manylinux_2_25_x86_64",
      10814997,
      "096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f",
    ),
    cuda(
      "cuda-nvcc",
      "12.9.86",
      "manylinux2010_x86_64",
      40546229,
      "5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0",
    ),
    cuda(
      "cuda-nvrtc",
      "12.9.86",
      "manylinux2010_x86_64",
      89568129,
      "210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4",
    ),
    cuda(
      "cuda-runtime",
      "12.9.79",
      "manylinux2014_x86_64",
      3493179,
      "25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3",
    ),
    cuda(
      "cudnn",
      "9.28.0.42",
      "manylinux_2_27_x86_64",
      716538495,
      "9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375",
    ),
    cuda(
      "cufft",
      "11.4.1.4",
      "manylinux2014_x86_64",
      200877592,
      "c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28",
    ),
    cuda(
      "curand",
      "10.3.10.19",
      "manylinux_2_27_x86_64",
      68295626,
      "49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e",
    ),
    cuda(
      "cusolver",
      "11.7.5.82",
      "manylinux_2_27_x86_64",
      338117415,
      "15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88",
    ),
    cuda(
      "cusparse",
      "12.5.10.65",
      "manylinux2014_x86_64",
      366465088,
      "73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78",
    ),
    cuda(
      "nccl",
      "2.32.3",
      "manylinux_2_27_x86_64",
      351526311,
      "bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c",
    ),
    cuda(
      "nvjitlink",
      "12.9.86",
      "manylinux2010_x86_64",
      39748338,
      "e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9",
    ),
  ],
};

/** @param {string} variant @param {string} platform @param {string} arch */
export const wheelsFor = (variant, platform, arch) => wheels[`${variant} ${platform} ${arch}`];
