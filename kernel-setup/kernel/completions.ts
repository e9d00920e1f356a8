/** Completion whose entries say what they are: a name that is passed on by `export … from` is a function or a class, too. */
import type TypeScript from "typescript";

type Request = [
  host: object,
  program: TypeScript.Program,
  log: object,
  file: TypeScript.SourceFile,
  ...unknown[],
];
interface Entry {
  kind: string;
  readonly symbol?: TypeScript.Symbol;
}

/** The parts of TypeScript's language service that its public types leave out. */
interface Services {
  readonly Completions: { getCompletionsAtPosition(...args: unknown[]): { entries: Entry[] } | undefined };
  readonly SymbolDisplay: {
    getSymbolKind(checker: TypeScript.TypeChecker, symbol: TypeScript.Symbol, at: TypeScript.Node): string;
  };
}

/** What stands in for the function that tslab's TypeScript has for it. */
export function completionsFor(ts: typeof TypeScript): (...request: Request) => unknown {
  const { Completions, SymbolDisplay } = ts as unknown as Services;
  return (...request) => {
    const [, program, , file] = request;
    const formatContext = undefined;
    const includeSymbols = true;
    const found = Completions.getCompletionsAtPosition(...request, formatContext, includeSymbols);
    const checker = program.getTypeChecker();
    for (const entry of found?.entries ?? []) {
      const { symbol } = entry;
      if (symbol && symbol.flags & ts.SymbolFlags.Alias)
        entry.kind = SymbolDisplay.getSymbolKind(checker, checker.getAliasedSymbol(symbol), file);
    }
    return found;
  };
}
