import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import { meanOverOwnPairs } from "./pairs";
import { readPoints } from "./points";

/** How far apart the points of a sample are: the mean Euclidean distance of two different ones. It falls as samples lose
 * their variety, to 0 where all are the same, and goes on falling where precision and recall no longer see a difference.
 * @param points float32 [n, d]: such as the features of n images
 * @param labels the class of each: then only points of the same class are compared, and each class with two or more counts
 *   alike, so that it is about the variety within classes
 * @throws RangeError or TypeError for other shapes and types, a number that is not finite, labels that are no classes of the
 *   points, or too few points
 * @throws InterruptedError after an interrupt of the cell */
export async function meanPairwiseDistance(points: tf.Tensor2D, labels?: ArrayLike<number>): Promise<number> {
  if (!labels) return ownDistance(points);
  const groups = [...rowsByClass(points, labels).values()].filter((rows) => rows.length > 1);
  if (groups.length === 0) {
    throw new RangeError("labels puts no two points in one class; give more points, or fewer classes.");
  }
  let total = 0;
  for (const rows of groups) {
    const own = tf.tidy(() => tf.gather(points, tf.tensor1d(rows, "int32")));
    try {
      total += await ownDistance(own);
    } finally {
      own.dispose();
    }
  }
  return total / groups.length;
}

async function ownDistance(points: tf.Tensor2D): Promise<number> {
  const [sample] = await readPoints(points, points, ["points", "points"]);
  return meanOverOwnPairs(sample, Math.sqrt);
}

function rowsByClass(points: tf.Tensor2D, labels: ArrayLike<number>): Map<number, number[]> {
  if (labels.length !== points.shape[0]) {
    throw new RangeError(
      `labels has ${labels.length} classes for ${points.shape[0]} points; give one for each.`,
    );
  }
  const groups = new Map<number, number[]>();
  Array.from(labels).forEach((label, row) => {
    checkInteger(`labels[${row}]`, label, 0);
    const group = groups.get(label);
    if (group) group.push(row);
    else groups.set(label, [row]);
  });
  return groups;
}
