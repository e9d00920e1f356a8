import { testKernel } from "./suite";

testKernel("errors.py");
