import { testKernel } from "./suite";

testKernel("results.py");
