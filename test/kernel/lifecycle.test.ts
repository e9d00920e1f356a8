import { testKernel } from "./suite";

testKernel("lifecycle.py");
