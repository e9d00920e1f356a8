import type { Content } from "./messages";
import { protocolVersion } from "./wire";

/** The kernel's answer to `kernel_info_request`. */
export const kernelInfo: Content = {
  status: "ok",
  protocol_version: protocolVersion,
  implementation: "tslab",
  implementation_version: "1.0.22",
  banner: `TypeScript on Node ${process.version}`,
  help_links: [
    { text: "TypeScript handbook", url: "https://www.typescriptlang.org/docs/handbook/intro.html" },
    { text: "TensorFlow.js API", url: "https://js.tensorflow.org/api/latest/" },
  ],
  language_info: {
    name: "typescript",
    version: "5.0.4",
    mimetype: "text/x-typescript",
    file_extension: ".ts",
    codemirror_mode: { name: "javascript", typescript: true },
    nbconvert_exporter: "script",
  },
  supported_features: [],
};
