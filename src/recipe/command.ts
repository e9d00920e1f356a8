/** `npm run train -- <recipe>`: trains in a terminal, until done or Ctrl-C; run again, it goes on where it stopped. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { replaceFile } from "../checkpoint/replace-file";
import { InterruptedError } from "../notebook/host";
import type { Evaluation, Recipe } from "./recipe";
import { recipes } from "./recipes";
import { picturesRecipe } from "./recipes/pictures";
import { shippedWeights } from "./shipped";
import { trainingFolder, trainRecipe } from "./train-recipe";

const usage = `npm run train -- <recipe> [--folder <folder>] [--precision float32|bfloat16] [--ship]
npm run train -- pictures --images <folder of PNG and JPEG files> [--size 32] [--grey] [the same]

  --folder     where checkpoint, samples and weights go; .cache/training/<recipe> if omitted
  --precision  bfloat16 where the processor has units for it, if omitted
  --ship       makes the weights those that the notebooks load

Recipes:
${Object.values(recipes)
  .map(({ name, about, steps }) => `  ${name.padEnd(22)} ${about} (${steps} steps)`)
  .join("\n")}
`;

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      folder: { type: "string" },
      precision: { type: "string" },
      ship: { type: "boolean", default: false },
      images: { type: "string" },
      size: { type: "string" },
      grey: { type: "boolean", default: false },
    },
  });
  const [name] = positionals;
  if (positionals.length === 0) {
    console.log(usage);
    return 0;
  }
  if (positionals.length > 1)
    throw new RangeError(`One recipe at a time; there are ${positionals.join(", ")}.`);
  const recipe = name === "pictures" ? ownPictures(values) : named(name);
  const { precision } = values;
  if (precision !== undefined && precision !== "float32" && precision !== "bfloat16") {
    throw new RangeError(`--precision is "${precision}"; use float32 or bfloat16.`);
  }
  const folder = values.folder ?? trainingFolder(recipe.name);
  console.log(`Files: ${folder}\nCtrl-C stops after saving; the same command goes on from there.`);
  const { weights } = await trainRecipe(recipe, {
    folder,
    ...(precision && { precision }),
    signal: stopSignal(),
    callback: ({ step, evaluation }) => {
      console.log(`step ${step}: ${numbersText(evaluation.numbers)}`);
    },
  });
  console.log(`Weights: ${weights}`);
  if (values.ship) {
    replaceFile(shippedWeights(recipe.name), (write) => {
      write(readFileSync(weights));
    });
    console.log(`The notebooks now load them: ${shippedWeights(recipe.name)}`);
  }
  return 0;
}

function named(name: string): Recipe {
  if (Object.hasOwn(recipes, name)) return recipes[name];
  throw new RangeError(
    `There is no recipe "${name}"; there are ${Object.keys(recipes).join(", ")}, pictures.`,
  );
}

/** The recipe for a folder of the user's. */
function ownPictures(values: { images?: string; size?: string; grey: boolean }): Recipe {
  const { images, size, grey } = values;
  if (images === undefined) throw new RangeError("pictures needs --images <folder of PNG and JPEG files>.");
  return picturesRecipe({
    folder: images,
    channels: grey ? 1 : 3,
    ...(size !== undefined && { size: Number(size) }),
  });
}

const numbersText = (numbers: Evaluation["numbers"]): string =>
  Object.entries(numbers)
    .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
    .join(", ");

/** Aborted by the first Ctrl-C; a second one ends the process at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      controller.abort();
    });
  }
  return controller.signal;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? `\n${error.message}` : error);
    process.exitCode = error instanceof InterruptedError ? 130 : 1;
  },
);
