/** The frames of an error, in written code, without the kernel's own. */
import type { Place, SourceMaps } from "./source-maps";

export interface Frame extends Place {
  readonly name: string | undefined;
}

export interface Stacks {
  /** Frames from the throw outwards. */
  framesOf(error: unknown): readonly Frame[];
}

/** What a notebook runs lies in no file; it goes by these names. Code without a number of its own must not take a cell's:
 * errors in that cell would then point into it. */
export const cellFile = (count: number): string => `Cell ${count}`;
export const silentFile = "Silent code";
export const expressionFile = (name: string): string => `Expression ${name}`;
export const isCellFile = (file: string): boolean => /^(Cell \d+|Silent code|Expression .+)$/.test(file);

/** Takes over how V8 writes `error.stack`, so that every printed error shows written code too. */
export function installStacks(maps: SourceMaps): Stacks {
  const known = new WeakMap<Error, readonly Frame[]>();
  Error.prepareStackTrace = (error, sites) => {
    const frames = sites.flatMap((site) => {
      const file = site.getFileName();
      const place = file && !isInternal(file) && maps.original(placeOf(site, file));
      return place ? [{ ...place, name: functionName(site) }] : [];
    });
    known.set(error, frames);
    return [headline(error), ...frames.map((frame) => `    at ${describeFrame(frame)}`)].join("\n");
  };
  return {
    framesOf(error) {
      if (!(error instanceof Error)) return [];
      // V8 prepares the frames when the stack is first read.
      return error.stack === undefined ? [] : (known.get(error) ?? []);
    },
  };
}

/** `name (file:line:column)`, or the place alone. */
export function describeFrame({ name, file, line, column }: Frame): string {
  const place = `${file}:${line}:${column}`;
  return name ? `${name} (${place})` : place;
}

function headline(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "Error";
  }
}

/** The kernel's own name in launch.cjs. */
const kernelScript = "course-kernel";

function isInternal(file: string): boolean {
  return file.startsWith("node:") || file === kernelScript;
}

function placeOf(site: NodeJS.CallSite, file: string): Place {
  return { file, line: site.getLineNumber() ?? 1, column: site.getColumnNumber() ?? 1 };
}

function functionName(site: NodeJS.CallSite): string | undefined {
  const name = site.getFunctionName() ?? undefined;
  if (!name || isCellFile(name)) return undefined;
  return site.isConstructor() ? `new ${name}` : name;
}
