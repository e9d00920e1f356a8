export {
  worldColours,
  worldPlaces,
  worldShapes,
  worldSizes,
  type Colour,
  type ObjectCount,
  type DescribedGroup,
  type SceneDescription,
  type Group,
  type Omittable,
  type Place,
  type Scene,
  type Shape,
  type ObjectSize,
} from "./attributes";
export { captionOf, worldWords, type CaptionOptions } from "./caption";
export { parseCaption } from "./parse-caption";
export { drawScene } from "./draw";
export { heldOutPairs, splitOf, type WorldSplit } from "./splits";
export { worldPictures, type WorldOptions, type WorldPictures } from "./pictures";
export { findObjects, type FoundObject } from "./find-objects";
export { checkCaption, type CaptionCheck } from "./check-caption";
export { alignment, type Alignment, type Share } from "./alignment";
