/** What a step does, written down: the program between the recorder and TensorFlow. Every value has a name of its own
 * (a number) and is made once, so that the order of the operations is all that control there is. */

import type { BindingValues } from "../backend/internals";

/** Names a value within a trace. */
export type ValueId = number;

/** TensorFlow's numbers for the types of values. */
export const types = {
  float32: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  resource: 20,
} as const;

/** A value's name, type (one of {@link types}) and shape. */
export interface Value {
  readonly id: ValueId;
  readonly type: number;
  readonly shape: readonly number[];
}

/** Numbers, as the binding takes and gives them. */
export type Numbers = BindingValues;

/** An attribute of a node; `type` is a number of {@link types}. */
export type NodeAttribute =
  | { readonly type: number }
  | { readonly bool: boolean }
  | { readonly int: number | readonly number[] }
  | { readonly float: number | readonly number[] }
  | { readonly text: string }
  | { readonly shape: readonly number[] }
  | {
      readonly tensor: {
        readonly type: number;
        readonly shape: readonly number[];
        readonly numbers: Numbers;
      };
    };

export type NodeAttributes = Readonly<Record<string, NodeAttribute>>;

/** A constant that JavaScript made inside the step. */
export interface Constant {
  readonly kind: "constant";
  readonly value: Value;
  readonly numbers: Numbers;
}

/** One operation of TensorFlow. */
export interface Operation {
  readonly kind: "operation";
  readonly name: string;
  readonly attributes: NodeAttributes;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly Value[];
}

/** An operation that changes variables where they lie, such as `ResourceApplyAdam`. */
export interface Update {
  readonly kind: "update";
  readonly name: string;
  readonly attributes: NodeAttributes;
  /** Positions in {@link Trace.variables}: the operation's first inputs. */
  readonly variables: readonly number[];
  /** What the variables hold before, and after. */
  readonly before: readonly ValueId[];
  readonly after: readonly Value[];
  /** The operation's further inputs. */
  readonly inputs: readonly ValueId[];
}

export type Event = Constant | Operation | Update;

/** What a step does, once for all calls with arguments of the same types and shapes. */
export interface Trace<Variable = unknown, Captured = unknown> {
  readonly inputs: readonly Value[];
  /** Tensors of outside that the step uses: the same at every call. */
  readonly captured: readonly { readonly value: Value; readonly tensor: Captured }[];
  /** Variables that the step reads or changes: what they hold before and after. */
  readonly variables: readonly {
    readonly variable: Variable;
    readonly before: Value;
    readonly after: ValueId;
  }[];
  readonly events: readonly Event[];
  readonly outputs: readonly Value[];
}
