/** Completion: the rest of a picture, for a part that is known, by any unconditional denoiser. */
export { repaint, type RepaintOptions } from "./repaint";
export { repaintPath, type TimeTravel } from "./repaint-path";
export { windowed, type WindowedOptions } from "./windowed";
export { windowStarts, type Windows } from "./windows";
export { outpaint, type OutpaintOptions, type OutpaintState } from "./outpaint";
export { seamContrast, type SeamContrast } from "./seam-contrast";
