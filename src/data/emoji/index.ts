export { emojiAttribution, loadEmoji, type Emoji, type EmojiOptions } from "./emoji";
export { emojiCategories, type EmojiChoice } from "./choose";
export type { EmojiSplit } from "./split";
