export {
  loadDigits,
  digitPixels,
  type DigitOptions,
  type DigitPixels,
  type Digits,
  type Split,
} from "./digits";
export { checkerboard, moons, moonsNoise, swissRoll, swissRollNoise, type PlaneData } from "./plane";
export { loadPhotographs, type PhotographOptions, type Photographs } from "./photographs";
