import { testKernel } from "./suite";

testKernel("messages.py");
