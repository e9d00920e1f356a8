/** The parts that networks are put together from: layers with parameters of their own. */
import type { tf } from "../backend/tf";
import { conv2d, dense, groupNorm } from "../layers";
import type { Parameters } from "./parameters";

/** A layer with its parameters' places; the values come with each run. */
export type Module = (x: tf.Tensor, values: readonly tf.Tensor[]) => tf.Tensor;

/** x W + b, with weights of the variance gain²/inputs, which keeps the variance of x for a gain of 1 (LeCun et al. 1998), and a
 * bias of zeros. */
export function linear(
  parameters: Parameters,
  name: string,
  inputs: number,
  outputs: number,
  gain: number = 1,
): Module {
  const weights = parameters.normal(`${name}/weights`, [inputs, outputs], gain / Math.sqrt(inputs));
  const bias = parameters.filled(`${name}/bias`, [outputs], 0);
  return (x, values) => dense(x, weights(values), bias(values));
}

export interface ConvolutionOptions {
  /** Pixels along a side of the filter. */
  readonly kernel?: number;
  readonly stride?: number;
  /** As of {@link linear}; 0 for a filter of zeros. */
  readonly gain?: number;
}

/** A convolution with a bias, its filter scaled like the weights of {@link linear}. */
export function convolution(
  parameters: Parameters,
  name: string,
  inputs: number,
  outputs: number,
  { kernel = 3, stride = 1, gain = 1 }: ConvolutionOptions = {},
): Module {
  const shape = [kernel, kernel, inputs, outputs];
  const filter = parameters.normal(`${name}/filter`, shape, gain / Math.sqrt(kernel * kernel * inputs));
  const bias = parameters.filled(`${name}/bias`, [outputs], 0);
  return (x, values) => conv2d(x, filter(values), bias(values), { stride });
}

/** Group normalisation, with SiLU after it if asked. */
export function normalisation(
  parameters: Parameters,
  name: string,
  channels: number,
  groups: number,
  { silu = false }: { readonly silu?: boolean } = {},
): Module {
  const scale = parameters.filled(`${name}/scale`, [channels], 1);
  const offset = parameters.filled(`${name}/offset`, [channels], 0);
  return (x, values) => groupNorm(x, scale(values), offset(values), { groups, silu });
}
