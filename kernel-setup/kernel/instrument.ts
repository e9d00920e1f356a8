/** Makes a cell stoppable: every loop asks for an interrupt, every `await` ends when one comes. */
import type TypeScript from "typescript";
import { ts } from "./typescript";

/** What the wrapper around each cell provides under this name: a CellRuntime; see cell.ts. */
export const runtimeName = "__cell";

/** The transformer for `transpileModule`'s `before` list. */
export function instrument(context: TypeScript.TransformationContext) {
  const { factory } = context;
  const call = (method: string, ...args: TypeScript.Expression[]) =>
    factory.createCallExpression(
      factory.createPropertyAccessExpression(factory.createIdentifier(runtimeName), method),
      undefined,
      args,
    );
  const withTick = (body: TypeScript.Statement): TypeScript.Block => {
    const tick = factory.createExpressionStatement(call("tick"));
    const statements = ts.isBlock(body) ? body.statements : [body];
    return ts.setTextRange(factory.createBlock([tick, ...statements], true), body);
  };
  const visit = (node: TypeScript.Node): TypeScript.Node => {
    const inner = ts.visitEachChild(node, visit, context);
    if (ts.isAwaitExpression(inner))
      return factory.updateAwaitExpression(inner, call("guard", inner.expression));
    if (ts.isForOfStatement(inner)) {
      const values = inner.awaitModifier ? call("iterate", inner.expression) : inner.expression;
      return factory.updateForOfStatement(
        inner,
        inner.awaitModifier,
        inner.initializer,
        values,
        withTick(inner.statement),
      );
    }
    if (ts.isForStatement(inner))
      return factory.updateForStatement(
        inner,
        inner.initializer,
        inner.condition,
        inner.incrementor,
        withTick(inner.statement),
      );
    if (ts.isForInStatement(inner))
      return factory.updateForInStatement(
        inner,
        inner.initializer,
        inner.expression,
        withTick(inner.statement),
      );
    if (ts.isWhileStatement(inner))
      return factory.updateWhileStatement(inner, inner.expression, withTick(inner.statement));
    if (ts.isDoStatement(inner))
      return factory.updateDoStatement(inner, withTick(inner.statement), inner.expression);
    return inner;
  };
  return (file: TypeScript.SourceFile): TypeScript.SourceFile => ts.visitEachChild(file, visit, context);
}
