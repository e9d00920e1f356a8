import type { Variable } from "@tensorflow/tfjs-core";
import type { Internals } from "../backend/internals";
import { bringHome } from "./homes";

/** Gives a variable values of its own if it shares them, as with a clone or the tensor that it was made from: these must
 * keep them when the variable changes, and a trace must tell them apart. */
export function separate(backend: Internals, variable: Variable): void {
  if (backend.tensorMap.get(variable.dataId).refCount === 1) return;
  bringHome(backend, variable.dataId);
  const [id] = backend.getInputTensorIds([variable]);
  const { dtype, shape } = backend.tensorMap.get(variable.dataId);
  const type = { name: "T", type: backend.binding.TF_ATTR_TYPE, value: dtype };
  const [copy] = backend.binding.executeOp("Identity", [type], [id], 1);
  const tensor = backend.createOutputTensor({ id: copy.id, dtype, shape: [...shape] });
  variable.assign(tensor);
  tensor.dispose();
}
