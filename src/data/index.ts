export {
  loadDigits,
  digitPixels,
  type DigitOptions,
  type DigitPixels,
  type Digits,
  type Split,
} from "./digits";
export { checkerboard, moons, moonsNoise, swissRoll, swissRollNoise, type PlaneData } from "./plane";
export { labelledLandscapes, landscapes, type LandscapeOptions } from "./landscapes";
export { landscapeKinds } from "./landscape/kind";
export { loadPhotographs, type PhotographOptions, type Photographs } from "./photographs";
export { loadImageFolder, type ImageFolder, type ImageFolderOptions } from "./image-folder";
export type { SkippedFile } from "./pictures/list";
export {
  randomBatch,
  type Augmentation,
  type Batch,
  type BatchOptions,
  type LabelledBatch,
} from "./random-batch";
export {
  emojiAttribution,
  emojiCategories,
  loadEmoji,
  type Emoji,
  type EmojiChoice,
  type EmojiOptions,
  type EmojiSplit,
} from "./emoji";
export * from "./world";
export * from "./molecules";
