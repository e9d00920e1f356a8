/** From the JavaScript that runs back to the TypeScript that was written. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";

/** A place in written code; lines and columns count from 1. */
export interface Place {
  /** A file, or the name of a cell. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Maps of one transpilation after another, the last first. */
export type MapChain = readonly TraceMap[];

export interface SourceMaps {
  /** @param source the written file, where the maps do not say
   * @param lineOffset lines between what the maps call the source and what was written */
  add(file: string, maps: MapChain, source: string, lineOffset?: number): void;
  /** Of code without maps, the place itself; undefined for what no written code stands behind. */
  original(place: Place): Place | undefined;
  /** The written code of a file, if it can be had. */
  sourceOf(file: string): string | undefined;
  /** Keeps code that lies in no file: a cell's. */
  setSource(file: string, code: string): void;
}

interface Entry {
  readonly maps: MapChain;
  readonly source: string | undefined;
  readonly lineOffset: number;
}

export function createSourceMaps(): SourceMaps {
  const entries = new Map<string, Entry | undefined>();
  const sources = new Map<string, string>();

  const entryOf = (file: string): Entry | undefined => {
    if (!entries.has(file)) entries.set(file, readMap(file));
    return entries.get(file);
  };

  return {
    add(file, chain, source, lineOffset = 0) {
      entries.set(file, { maps: chain, source, lineOffset });
    },
    original(place) {
      const entry = entryOf(place.file);
      if (!entry) return place;
      const found = follow(entry.maps, place);
      if (!found) return undefined;
      const file = entry.source ?? resolve(dirname(place.file), found.file);
      return { file, line: found.line + entry.lineOffset, column: found.column };
    },
    sourceOf: (file) => sources.get(file) ?? read(file),
    setSource(file, code) {
      sources.set(file, code);
    },
  };
}

function follow(maps: MapChain, place: Place): Place | undefined {
  let at: Place | undefined = maps.length > 0 ? place : undefined;
  for (const map of maps) {
    if (!at) return undefined;
    const found = originalPositionFor(map, { line: at.line, column: at.column - 1 });
    at =
      found.line === null
        ? undefined
        : { file: found.source ?? "", line: found.line, column: found.column + 1 };
  }
  return at;
}

/** The map that lies beside a compiled file. */
function readMap(file: string): Entry | undefined {
  const text = read(`${file}.map`);
  return text === undefined ? undefined : { maps: [new TraceMap(text)], source: undefined, lineOffset: 0 };
}

function read(file: string): string | undefined {
  const path = file.startsWith("file:") ? fileURLToPath(file) : file;
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
