import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadCheckpoint, saveCheckpoint, tf } from "diffusion";
import { useFolder } from "./files";

const folder = useFolder();
const script = join(__dirname, "save-forever.cjs");

/** Kills a process that saves again and again, so many milliseconds after its first save. */
async function killWhileSaving(path: string, milliseconds: number, ...options: string[]): Promise<void> {
  const child = spawn(process.execPath, [script, path, ...options], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<string | null>((resolve) => {
    child.on("exit", (_, signal) => {
      resolve(signal);
    });
  });
  child.stdout.once("data", () => {
    setTimeout(() => child.kill("SIGKILL"), milliseconds);
  });
  expect(await ended).toBe("SIGKILL");
}

/** Expects one of the states of save-forever.cjs, whole. */
function expectState(path: string): void {
  tf.tidy(() => {
    const { tensors, details } = loadCheckpoint(path);
    expect(Object.keys(tensors)).toHaveLength(10);
    for (const tensor of Object.values(tensors)) {
      expect(tensor.shape).toEqual([20_000]);
      expect(new Set(tensor.dataSync())).toEqual(new Set([details["k"]]));
    }
  });
}

const small = (): { tensors: Record<string, tf.Tensor> } => ({ tensors: { x: tf.scalar(1) } });

describe("a killed process", () => {
  test("leaves a whole state, at 50 moments; the next save removes what it has left", async () => {
    let unfinished = 0;
    const killOne = async (i: number): Promise<void> => {
      const path = folder.path(`${i}.safetensors`);
      // 46 moments spread over several saves, in the order of the golden ratio, and 4 of the whole library.
      await killWhileSaving(path, 30 * ((i * 0.618) % 1), ...(i < 4 ? ["library"] : []));
      expectState(path);
    };
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < 50) await killOne(next++);
    };
    await Promise.all([worker(), worker(), worker()]);
    for (const name of folder.names()) if (name.endsWith(".unfinished")) unfinished++;
    // Else the moments were not within saves.
    expect(unfinished).toBeGreaterThan(10);
    for (let i = 0; i < 50; i++) saveCheckpoint(folder.path(`${i}.safetensors`), small());
    expect(folder.names()).toHaveLength(50);
  });

  test("only what dead writers of this path have left is removed", () => {
    const path = folder.path("a.safetensors");
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const names = {
      dead: `a.safetensors.${pid}.unfinished`,
      alive: `a.safetensors.${process.ppid}.unfinished`,
      other: `b.safetensors.${pid}.unfinished`,
      longer: `aa.safetensors.${pid}.unfinished`,
      notes: "a.safetensors.notes.unfinished",
      copy: "a.safetensors.bak",
    };
    for (const name of Object.values(names)) writeFileSync(folder.path(name), "");
    saveCheckpoint(path, small());
    const left = ["a.safetensors", names.alive, names.other, names.longer, names.notes, names.copy];
    expect(folder.names()).toEqual(left.sort());
    // After an hour, the number belongs to another process.
    const old = Date.now() / 1000 - 3600;
    utimesSync(folder.path(names.alive), old, old);
    saveCheckpoint(path, small());
    expect(existsSync(folder.path(names.alive))).toBe(false);
  });
});

test("the content is on the disk before it gets its name, and the name before the save ends", () => {
  const calls: string[] = [];
  const spies = (["writeSync", "fsyncSync", "closeSync", "renameSync"] as const).map((name) => {
    const original = fs[name] as (...args: unknown[]) => unknown;
    return jest.spyOn(fs, name).mockImplementation(((...args: unknown[]) => {
      calls.push(name.replace("Sync", ""));
      return original(...args);
    }) as never);
  });
  saveCheckpoint(folder.path("a.safetensors"), small());
  for (const spy of spies) spy.mockRestore();
  expect(calls.join(" ")).toMatch(/^(write )+fsync close rename fsync close$/);
});

describe("a save that fails", () => {
  test("for want of space leaves the old file and no other", () => {
    const path = folder.path("a.safetensors");
    saveCheckpoint(path, small());
    const old = readFileSync(path);
    // No file of this process may grow beyond 200 kB; a state has 800.
    const limited = `ulimit -f 200; exec "${process.execPath}" "${script}" "${path}"`;
    const { stderr, status } = spawnSync("bash", ["-c", limited], { encoding: "utf8" });
    expect(stderr).toContain("EFBIG");
    expect(status).toBe(1);
    expect(readFileSync(path)).toEqual(old);
    expect(folder.names()).toEqual(["a.safetensors"]);
  });

  test("for a path below a file leaves that file", () => {
    const path = folder.path("a.safetensors");
    saveCheckpoint(path, small());
    const old = readFileSync(path);
    expect(() => {
      saveCheckpoint(join(path, "b.safetensors"), small());
    }).toThrow(/EEXIST|ENOTDIR/);
    expect(readFileSync(path)).toEqual(old);
    expect(folder.names()).toEqual(["a.safetensors"]);
  });

  test("for a path that is a folder leaves the folder and nothing beside it", () => {
    saveCheckpoint(folder.path("a/b"), small());
    expect(() => {
      saveCheckpoint(folder.path("a"), small());
    }).toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(folder.names()).toEqual(["a"]);
    expect(loadCheckpoint(folder.path("a/b")).tensors["x"].dataSync()[0]).toBe(1);
  });
});
