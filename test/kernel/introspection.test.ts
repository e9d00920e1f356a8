import { testKernel } from "./suite";

testKernel("introspection.py");
