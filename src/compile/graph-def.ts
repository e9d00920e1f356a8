/** Writes a TensorFlow graph as bytes: the messages `GraphDef` and `SavedModel` of TensorFlow's graph.proto,
 * node_def.proto, attr_value.proto, tensor.proto and saved_model.proto, of which only what is needed here. */
import { createRequire } from "node:module";
import type { Writer } from "protobufjs/minimal";
import { types, type NodeAttribute, type Numbers } from "./trace";

export interface Node {
  readonly name: string;
  readonly operation: string;
  /** Names of nodes: `name` or `name:1` for an output, `^name` to come after a node. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, NodeAttribute>>;
}

/** Loaded with the first graph: it takes as long as much of the library. */
const load = createRequire(__filename);
const protobuf = (): typeof import("protobufjs/minimal") =>
  load("protobufjs/minimal") as typeof import("protobufjs/minimal");

/** A version of the graph format that is older than the TensorFlow set-up installs: only graphs of the future are refused. */
const producer = 1645;
const graphDefField = 2;

/** A saved model with one graph under the tag "serve", as `TF_LoadSessionFromSavedModel` reads it. */
export function savedModel(nodes: readonly Node[]): Uint8Array {
  const writer = protobuf().Writer.create();
  writer.uint32(tag(1, varint)).int64(1); // saved_model_schema_version
  message(writer, 2, () => {
    message(writer, 1, () => writer.uint32(tag(4, bytes)).string("serve")); // meta_info_def.tags
    message(writer, graphDefField, () => {
      graphDef(writer, nodes);
    });
  });
  return writer.finish();
}

function graphDef(writer: Writer, nodes: readonly Node[]): void {
  for (const node of nodes) {
    message(writer, 1, () => {
      writer.uint32(tag(1, bytes)).string(node.name);
      writer.uint32(tag(2, bytes)).string(node.operation);
      for (const input of node.inputs) writer.uint32(tag(3, bytes)).string(input);
      for (const [name, attribute] of Object.entries(node.attributes)) {
        message(writer, 5, () => {
          writer.uint32(tag(1, bytes)).string(name);
          message(writer, 2, () => {
            attributeValue(writer, attribute);
          });
        });
      }
    });
  }
  message(writer, 4, () => writer.uint32(tag(1, varint)).int32(producer));
}

function attributeValue(writer: Writer, attribute: NodeAttribute): void {
  if ("type" in attribute) writer.uint32(tag(6, varint)).int32(attribute.type);
  else if ("bool" in attribute) writer.uint32(tag(5, varint)).bool(attribute.bool);
  else if ("text" in attribute) writer.uint32(tag(2, bytes)).string(attribute.text);
  else if ("shape" in attribute) shape(writer, 7, attribute.shape);
  else if ("tensor" in attribute) tensor(writer, attribute.tensor);
  else if ("int" in attribute) {
    const { int } = attribute;
    if (typeof int === "number") writer.uint32(tag(3, varint)).int64(int);
    else
      list(writer, 3, int, () => {
        int.forEach((value) => writer.int64(value));
      });
  } else {
    const { float } = attribute;
    if (typeof float === "number") writer.uint32(tag(4, fixed32)).float(float);
    else
      list(writer, 4, float, () => {
        float.forEach((value) => writer.float(value));
      });
  }
}

/** A list of numbers, packed. */
function list(writer: Writer, field: number, values: readonly unknown[], write: () => void): void {
  message(writer, 1, () => {
    if (values.length > 0) message(writer, field, write);
  });
}

function shape(writer: Writer, field: number, sizes: readonly number[]): void {
  message(writer, field, () => {
    for (const size of sizes) message(writer, 2, () => writer.uint32(tag(1, varint)).int64(size));
  });
}

type TensorAttribute = Extract<NodeAttribute, { readonly tensor: unknown }>["tensor"];

/** TensorFlow fills the tensor with a single number. */
function tensor(writer: Writer, { type, shape: sizes, numbers }: TensorAttribute): void {
  message(writer, 8, () => {
    writer.uint32(tag(1, varint)).int32(type);
    shape(writer, 2, sizes);
    if (type === types.float32 && numbers.length === 1) {
      writer.uint32(tag(5, fixed32)).float(numbers[0]);
    } else {
      writer
        .uint32(tag(4, bytes))
        .bytes(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    }
  });
}

/** Whether all numbers are the same one. */
export function isOneNumber(numbers: Numbers): boolean {
  return numbers.length > 1 && numbers.every((value) => Object.is(value, numbers[0]));
}

const [varint, bytes, fixed32] = [0, 2, 5]; // wire types
const tag = (field: number, wireType: number): number => (field << 3) | wireType;

function message(writer: Writer, field: number, write: () => unknown): void {
  writer.uint32(tag(field, bytes)).fork();
  write();
  writer.ldelim();
}
