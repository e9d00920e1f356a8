/**
 * Uses of what earlier cells declared become uses of the shared `exports`.
 *
 * Takes the place of a function in tslab's converter (see build.mjs), which takes names for references that are none, as
 * in `const { p: renamed } = earlier`, and overlooks others, as in `{ n }`.
 */
import type TypeScript from "typescript";
import { ts } from "./typescript";

type Declarations = TypeScript.SourceFile & { readonly locals?: ReadonlyMap<string, TypeScript.Symbol> };

/** @param declarations the file in which tslab keeps what earlier cells declared */
export function shareReferences(
  file: TypeScript.Node,
  checker: TypeScript.TypeChecker,
  declarations: Declarations,
): TypeScript.Node {
  const { factory, nullTransformationContext: context } = ts as typeof ts & {
    nullTransformationContext: TypeScript.TransformationContext;
  };
  const isEarlier = (name: TypeScript.Identifier, symbol: TypeScript.Symbol | undefined): boolean =>
    symbol !== undefined && declarations.locals?.get(name.text) === symbol;
  const shared = (name: TypeScript.Identifier): TypeScript.Expression =>
    factory.createPropertyAccessExpression(factory.createIdentifier("exports"), name);

  const visit = (node: TypeScript.Node): TypeScript.Node => {
    if (ts.isShorthandPropertyAssignment(node)) {
      const { name, objectAssignmentInitializer: fallback } = node;
      if (!isEarlier(name, checker.getShorthandAssignmentValueSymbol(ts.getOriginalNode(node))))
        return ts.visitEachChild(node, visit, context);
      const value = shared(name);
      return factory.createPropertyAssignment(
        name,
        fallback ? factory.createAssignment(value, visit(fallback) as TypeScript.Expression) : value,
      );
    }
    if (ts.isIdentifier(node))
      return isEarlier(node, checker.getSymbolAtLocation(node)) ? shared(node) : node;
    return ts.visitEachChild(node, visit, context);
  };
  return ts.visitEachChild(file, visit, context);
}
