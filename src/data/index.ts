export {
  loadDigits,
  digitPixels,
  type DigitOptions,
  type DigitPixels,
  type Digits,
  type Split,
} from "./digits";
