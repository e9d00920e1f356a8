import { testKernel } from "./suite";

testKernel("interrupts.py");
