import { testKernel } from "./suite";

testKernel("protocol.py");
