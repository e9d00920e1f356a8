import type { Binding } from "../backend/internals";
import type { BindingAttribute } from "../backend/raw-op";
import type { NodeAttribute, NodeAttributes } from "./trace";

/** The attributes of TensorFlow.js's binding as those of a graph's nodes. */
export function nodeAttributes(binding: Binding, attributes: readonly BindingAttribute[]): NodeAttributes {
  return Object.fromEntries(
    attributes.map((attribute) => [attribute.name, nodeAttribute(binding, attribute)]),
  );
}

function nodeAttribute(binding: Binding, { name, type, value }: BindingAttribute): NodeAttribute {
  const list = Array.isArray(value) ? value : undefined;
  const number = Number(value);
  switch (type) {
    case binding.TF_ATTR_TYPE:
      return { type: number };
    case binding.TF_ATTR_BOOL:
      return { bool: Boolean(value) };
    case binding.TF_ATTR_STRING:
      return { text: String(value) };
    case binding.TF_ATTR_INT:
      return { int: list ?? number };
    case binding.TF_ATTR_FLOAT:
      return { float: list ?? number };
    case binding.TF_ATTR_SHAPE:
      return { shape: list ?? [] };
    default:
      throw new Error(`The attribute ${name} is of a kind that a compiled step cannot have.`);
  }
}
