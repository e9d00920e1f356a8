import { testKernel } from "./suite";

testKernel("library.py");
