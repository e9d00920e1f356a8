import type { Scene } from "./scene";

const times = ["night", "morning", "day", "evening"] as const;
const ridges = ["two ridges", "three ridges"] as const;
const grounds = ["meadow", "water"] as const;

/** What kinds of landscapes there are, by the hour, the number of ridges and the ground. */
export const landscapeKinds: readonly string[] = times.flatMap((time) =>
  ridges.flatMap((count) => grounds.map((ground) => `${time}, ${count}, ${ground}`)),
);

/** The place of the scene's kind among {@link landscapeKinds}. */
export function kindOf({ time, ridges: { length }, ground }: Scene): number {
  const hour = times.indexOf(hourOf(time));
  return (hour * ridges.length + (length - 2)) * grounds.length + grounds.indexOf(ground.kind);
}

/** The parts of the day by their colours: see palette.ts. */
function hourOf(time: number): (typeof times)[number] {
  if (time < 0.2 || time >= 0.84) return "night";
  if (time < 0.3) return "morning";
  return time < 0.66 ? "day" : "evening";
}
