import { describeRandomBatch } from "./cases/random-batch";

describeRandomBatch();
