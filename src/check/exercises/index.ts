import type { Exercise } from "../exercise";
import { startHere } from "./00-start-here";
import { forwardProcess } from "./01-forward-process";
import { reverseProcess } from "./02-reverse-process";
import { elbo } from "./03-elbo";
import { epsilonReparameterization } from "./04-epsilon-reparameterization";
import { training } from "./05-training";
import { noiseSchedules } from "./06-noise-schedules";
import { samplers } from "./07-samplers";
import { unetExercises } from "./08-unet";
import { digitsExercises } from "./09-digits";
import { fasterSampling } from "./10-faster-sampling";
import { classifierGuidance } from "./11-classifier-guidance";
import { classifierFreeGuidance } from "./12-classifier-free-guidance";
import { conditioning } from "./13-conditioning";
import { textToImage } from "./14-text-to-image";
import { completion } from "./15-completion";
import { cascadeExercises } from "./16-cascade";
import { latentDiffusion } from "./17-latent-diffusion";
import { dalle2 } from "./18-dalle2";
import { takeHome } from "./19-take-home";
import { flows } from "./20-flows";
import { perfNotes } from "./perf-notes";

/** Every exercise of the course: a line for each notebook. */
export const exercises: readonly Exercise[] = [
  ...startHere,
  ...forwardProcess,
  ...reverseProcess,
  ...elbo,
  ...epsilonReparameterization,
  ...training,
  ...noiseSchedules,
  ...samplers,
  ...unetExercises,
  ...digitsExercises,
  ...fasterSampling,
  ...classifierGuidance,
  ...classifierFreeGuidance,
  ...conditioning,
  ...textToImage,
  ...completion,
  ...cascadeExercises,
  ...latentDiffusion,
  ...dalle2,
  ...takeHome,
  ...flows,
  ...perfNotes,
];
