import { cosineSchedule, labelledMixture, type Point, type Schedule } from "diffusion";

/** Two classes of the plane that overlap: two ellipses and a circle between them. */
export const world = labelledMixture({
  means: [
    [-1, 0.5],
    [1, -0.5],
    [0.2, 0.6],
  ],
  deviations: [[0.6, 0.2], 0.3, [0.25, 0.7]],
  angles: [0.5, 0, -0.3],
  weights: [0.3, 0.3, 0.4],
  labels: [0, 0, 1],
});

export const schedule: Schedule = cosineSchedule(1000);

/** The score of the guided density at a point, by the scores of the mixture: in double precision. */
export function guidedScore(z: Point, t: number, label: number, gamma: number): Point {
  const all = world.all.score(z, t, schedule);
  const own = world.ofClass[label].score(z, t, schedule);
  return [0, 1].map((i) => (1 - gamma) * all[i] + gamma * own[i]) as unknown as Point;
}
