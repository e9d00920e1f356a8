import { chooseBackend, type Facts } from "../../kernel-setup/setup/backend-choice.mjs";

const linux: Facts = {
  wish: undefined,
  platform: "linux",
  arch: "x64",
  glibc: true,
  nvidia: false,
  compiler: true,
  built: () => false,
};
const on = (facts: Partial<Facts>) => chooseBackend({ ...linux, ...facts });

test.each<[string, Partial<Facts>, string, RegExp]>([
  ["plain Linux", {}, "cpu", /no NVIDIA driver/],
  ["an NVIDIA driver", { nvidia: true }, "gpu", /NVIDIA driver is present/],
  ["an NVIDIA driver, overridden", { nvidia: true, wish: "cpu" }, "cpu", /COURSE_TENSORFLOW=cpu/],
  ["the GPU wished for without a driver", { wish: "gpu" }, "gpu", /COURSE_TENSORFLOW=gpu/],
  ["Linux on arm64", { arch: "arm64" }, "cpu", /no NVIDIA driver/],
  ["Linux on arm64 with an NVIDIA driver", { arch: "arm64", nvidia: true }, "cpu", /no TensorFlow with CUDA/],
  ["a Mac with an Apple processor", { platform: "darwin", arch: "arm64" }, "cpu", /no NVIDIA driver/],
  ["a Mac with an Intel processor", { platform: "darwin" }, "wasm", /no ready-made library for darwin x64/],
  ["musl", { glibc: false }, "wasm", /without the GNU C library/],
  ["no compiler", { compiler: false }, "wasm", /no C\+\+ compiler/],
  ["no compiler, but an addon", { compiler: false, built: (v) => v === "cpu" }, "cpu", /no NVIDIA driver/],
  ["wasm wished for", { wish: "wasm", nvidia: true }, "wasm", /COURSE_TENSORFLOW=wasm/],
])("%s", (_machine, facts, variant, reason) => {
  const choice = on(facts);
  expect(choice.variant).toBe(variant);
  expect(choice.backend).toBe(variant === "wasm" ? "wasm" : "native");
  expect(choice.reason).toMatch(reason);
});

test("wasm that was not asked for says how to get the native library", () => {
  expect(on({ compiler: false }).cure).toMatch(/apt-get install g\+\+/);
  expect(on({ compiler: false, platform: "darwin", arch: "arm64" }).cure).toMatch(/xcode-select --install/);
  expect(on({ glibc: false }).cure).toMatch(/Linux .*Mac/);
  expect(on({ wish: "wasm" }).cure).toBeUndefined();
});

test("a wish that cannot be met is refused by name", () => {
  expect(() => on({ wish: "cuda" })).toThrow('COURSE_TENSORFLOW is "cuda"');
  expect(() => on({ wish: "gpu", platform: "darwin", arch: "arm64" })).toThrow(/no TensorFlow with CUDA/);
});
