/** What `require` and `import` find in a cell. */
import Module, { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import type { CompiledModule } from "./compiler";
import type { SourceMaps } from "./source-maps";

export interface Modules {
  readonly require: NodeJS.Require;
  /** Takes over modules that were compiled anew: the next import runs them again. */
  update(modules: readonly CompiledModule[]): void;
}

interface ModuleInternals extends Module {
  _compile(code: string, path: string): unknown;
}

/** @param root the project's folder: the library and the packages there are found from every notebook
 * @param provided modules that the kernel itself brings, by name */
export function createModules(
  root: string,
  provided: ReadonlyMap<string, object>,
  maps: SourceMaps,
): Modules {
  const compiled = new Map<string, CompiledModule>();
  const loaded = new Map<string, Module>();
  const library = join(root, "dist", "lib", "index.js");
  const fromRoot = createRequire(join(root, "index.js"));

  const load = (module: CompiledModule): unknown => {
    const known = loaded.get(module.path);
    if (known) return known.exports;
    const created = new Module(module.path) as ModuleInternals;
    created.filename = module.path;
    created.paths = fromRoot.resolve.paths("x") ?? [];
    created.require = requireFrom(dirname(module.path));
    loaded.set(module.path, created);
    created._compile(module.code, module.path);
    return created.exports;
  };

  const requireFrom = (folder: string): NodeJS.Require => {
    const own = createRequire(join(folder, "cell.js"));
    const find = (name: string): unknown => {
      if (provided.has(name)) return provided.get(name);
      if (name === "diffusion") return fromRoot(library);
      const module = beside(folder, name);
      if (module) return load(module);
      return isMissing(own, name) ? fromRoot(name) : own(name);
    };
    return Object.assign(find, own) as NodeJS.Require;
  };

  const beside = (folder: string, name: string): CompiledModule | undefined => {
    if (!name.startsWith(".")) return undefined;
    const path = resolve(folder, name);
    return (
      compiled.get(extname(path) === ".js" ? path : `${path}.js`) ?? compiled.get(join(path, "index.js"))
    );
  };

  return {
    require: requireFrom(process.cwd()),
    update(modules) {
      for (const module of modules) {
        compiled.set(module.path, module);
        maps.add(module.path, module.map, module.path.replace(/\.js$/, ".ts"));
      }
      if (modules.length > 0) loaded.clear();
    },
  };
}

function isMissing(require: NodeJS.Require, name: string): boolean {
  if (name.startsWith(".")) return false;
  try {
    require.resolve(name);
    return false;
  } catch {
    return true;
  }
}
