import type { Shape } from "diffusion";

export type Point = readonly [x: number, y: number];

/** A shape's closed outline about its centre of gravity (y down), by its own geometry: the corners, or many points of a circle. */
export function outline(shape: Shape, diameter: number): Point[] {
  const corner = (angle: number, radius: number): Point => [
    radius * Math.cos(angle),
    radius * Math.sin(angle),
  ];
  const [long, short] = [0.49 * diameter, 0.18 * diameter];
  switch (shape) {
    case "circle":
      return Array.from({ length: 120 }, (_, i) => corner((i * Math.PI) / 60, diameter / 2));
    case "square":
      return [1, 3, 5, 7].map((k) => corner((k * Math.PI) / 4, 0.43 * Math.SQRT2 * diameter));
    case "triangle":
      return [-3, 1, 5].map((k) => corner((k * Math.PI) / 6, 0.62 * diameter));
    case "cross":
      return [
        [short, -long],
        [short, -short],
        [long, -short],
        [long, short],
        [short, short],
        [short, long],
        [-short, long],
        [-short, short],
        [-long, short],
        [-long, -short],
        [-short, -short],
        [-short, -long],
      ];
  }
}

/** By the shoelace formula. */
export function areaOf(points: readonly Point[]): number {
  const twice = points.map(([x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length];
    return x * nextY - nextX * y;
  });
  return Math.abs(twice.reduce((sum, value) => sum + value, 0)) / 2;
}

/** Whether a ray to the right crosses the outline an odd number of times. */
export function contains(points: readonly Point[], x: number, y: number): boolean {
  const crossings = points.filter(([ax, ay], i) => {
    const [bx, by] = points[(i + 1) % points.length];
    return ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax);
  });
  return crossings.length % 2 === 1;
}

/** Points along the outline, close together. */
export function along(points: readonly Point[], each: number): Point[] {
  return points.flatMap(([ax, ay], i) => {
    const [bx, by] = points[(i + 1) % points.length];
    const steps = Math.ceil(Math.hypot(bx - ax, by - ay) / each);
    return Array.from({ length: steps }, (_, k): Point => [
      ax + (k / steps) * (bx - ax),
      ay + (k / steps) * (by - ay),
    ]);
  });
}
