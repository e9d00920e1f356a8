import { tf } from "../backend/tf";
import { checkInteger, checkNumber, checkShape, checkType } from "../errors";

/** Between two latents, along the arc of a great circle: sin((1-s)θ)/sin θ a + sin(sθ)/sin θ b, with the angle θ between each sample of
 * a and that of b (Shoemake 1985, "Animating rotation with quaternion curves", section 3.3; Song, Meng & Ermon 2021, "DDIM", equation
 * 67). Half-way along the straight line noise would be short: latents of many numbers are at right angles, nearly, and √D long.
 * Where the two point the same way, or in opposite ones, which no shortest arc joins, the straight line is taken.
 * @param a float32 [batch, ...], of two dimensions or more
 * @param b of the shape of a
 * @param share s, 0 for a, 1 for b
 * @returns of the shape of a
 * @throws RangeError or TypeError for another shape, type or share */
export function slerp<R extends tf.Rank>(a: tf.Tensor<R>, b: tf.Tensor<R>, share: number): tf.Tensor<R> {
  checkType("a", a, "float32");
  checkType("b", b, "float32");
  checkInteger("a.rank", a.rank, 2);
  checkShape("b", b.shape, a.shape);
  checkNumber("share", share, 0, 1);
  return tf.tidy(() => {
    const angle = angleBetween(a, b);
    const sine = angle.sin();
    const straight = sine.lessEqual(1e-4);
    const weight = (part: number): tf.Tensor =>
      tf.where(straight, tf.fill(sine.shape, part), angle.mul(part).sin().div(sine));
    return a.mul(weight(1 - share)).add<tf.Tensor<R>>(b.mul(weight(share)));
  });
}

/** θ of each sample, [batch, 1, …], as 2 atan(|u - v| / |u + v|) of the unit vectors: the arc cosine of their product would lose half the
 * digits of a small angle. */
function angleBetween(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const axes = a.shape.map((_, axis) => axis).slice(1);
  const length = (of: tf.Tensor): tf.Tensor => of.square().sum(axes, true).sqrt();
  const [u, v] = [a, b].map((each) => each.divNoNan(length(each)));
  return tf.atan2(length(u.sub(v)), length(u.add(v))).mul(2);
}
