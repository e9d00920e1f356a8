/** Where the values of variables are.
 *
 * A compiled step keeps its variables in its session, in the memory of the device, and its calls do not copy them out.
 * So the tensors of TensorFlow.js hold nothing meanwhile: when somebody looks at one, its values are fetched first.
 * Variables are therefore used as usual, by eager code and by other compiled steps, and always have their newest value. */
import type { DataId } from "@tensorflow/tfjs-core";
import type { Internals } from "../backend/internals";

/** Where the newest values of a tensor are. */
export interface Home {
  /** Fetches them, and whatever else the session has: one call for all. */
  fetch(): void;
  /** Another number after each change of the values, wherever they are. */
  version: number;
}

const homes = new WeakMap<DataId, Home>();

/** The home of a tensor whose values a session keeps. */
export const homeOf = (id: DataId): Home | undefined => homes.get(id);

/** Says that from now on a session has the tensor's newest values. */
export function moveHome(backend: Internals, id: DataId, home: Home): void {
  watch(backend);
  homes.set(id, home);
  home.version = ++changes;
  freeCopy(backend, id);
}

let changes = 0;

/** Frees the values that have been fetched from a session. */
export function freeCopy(backend: Internals, id: DataId): void {
  const storage = backend.tensorMap.get(id);
  if (storage.id >= 0) backend.binding.deleteTensor(storage.id);
  storage.id = -1;
  storage.values = null;
}

/** Fetches the values of a tensor if a session has them. They stay there too. */
function materialize(backend: Internals, id: DataId): void {
  const home = homes.get(id);
  if (!home) return;
  const storage = backend.tensorMap.get(id);
  if (storage.id < 0 && !storage.values) home.fetch();
}

/** Fetches the values of a tensor for good: its session will end, or change them for others. */
export function bringHome(backend: Internals, id: DataId): void {
  if (backend.tensorMap.has(id)) materialize(backend, id);
  homes.delete(id);
}

let watched: Internals | undefined;

/** From now on values are fetched before an operation or a reader sees them. */
function watch(backend: Internals): void {
  if (watched === backend) return;
  watched = backend;
  const getInputTensorIds = backend.getInputTensorIds.bind(backend);
  const readSync = backend.readSync.bind(backend);
  backend.getInputTensorIds = (tensors) => {
    for (const { dataId } of tensors) materialize(backend, dataId);
    return getInputTensorIds(tensors);
  };
  backend.readSync = (id) => {
    if (backend.tensorMap.has(id)) materialize(backend, id);
    return readSync(id);
  };
}
