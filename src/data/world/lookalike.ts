import type { UniformStream } from "../uniform-stream";
import { groupValues, type Group, type Scene } from "./attributes";
import { captionOf } from "./caption";
import { splitOf, type WorldSplit } from "./splits";

/** A scene that is easily taken for another: one word of its caption is different, or two groups have exchanged something, such as their
 * colours. Who has to tell it from the other has to know which word belongs to which group (Yuksekgonul et al. 2023, "When and why
 * vision-language models behave like bags-of-words, and what to do about it", section 5: hard negatives).
 * @param split to which it is to belong. Where no such scene does, which happens where scenes are few, more than one thing is different. */
export function lookalike(scene: Scene, random: UniformStream, split: WorldSplit): Scene {
  let other = scene;
  for (let tries = 1; ; tries++) {
    other = near(tries > patience ? other : scene, random);
    if (splitOf(other) === split && !same(other, scene)) return other;
  }
}

/** As many tries find nearly every one that there is. */
const patience = 60;

const near = (scene: Scene, random: UniformStream): Scene =>
  (scene.length === 2 && random.next() < 0.5 ? exchanged(scene, random) : undefined) ??
  changed(scene, random);

const same = (a: Scene, b: Scene): boolean => captionOf(a) === captionOf(b);

/** What groups can differ in. */
const attributes = ["count", "size", "colour", "shape"] as const;

/** Undefined if the groups are alike in what was to be exchanged. */
function exchanged([first, second]: Scene, random: UniformStream): Scene | undefined {
  const name = random.oneOf(attributes);
  if (first[name] === second[name]) return undefined;
  return [
    { ...first, [name]: second[name] },
    { ...second, [name]: first[name] },
  ];
}

function changed(scene: Scene, random: UniformStream): Scene {
  const which = Math.floor(random.next() * scene.length);
  return scene.map((group, i) => (i === which ? changedGroup(group, random, scene.length === 1) : group));
}

/** A group alone may be elsewhere; of two, both would have to move. */
function changedGroup(group: Group, random: UniformStream, alone: boolean): Group {
  const name = random.oneOf(alone ? ([...attributes, "place"] as const) : attributes);
  return { ...group, [name]: random.oneOf(groupValues[name].filter((value) => value !== group[name])) };
}
