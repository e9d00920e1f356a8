/** What `require("@tslab/typescript-for-tslab")` gives to tslab's converter inside the bundle. */
import { ts } from "./typescript";

export = ts;
