/** Editing: pictures that begin with a picture instead of noise. */
export { imageToImage, type ImageToImageOptions } from "./image-to-image";
export { invert, inversionWeights, type InversionOptions } from "./invert";
export { slerp } from "./slerp";
