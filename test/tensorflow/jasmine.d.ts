/** The part of the npm package jasmine that suite.ts uses; its types on npm would shadow jest's. */
declare module "jasmine" {
  export default class Jasmine {
    exitOnCompletion: boolean;
    clearReporters(): void;
    randomizeTests(random: boolean): void;
    addReporter(reporter: {
      specDone(result: { fullName: string; status: string; failedExpectations: { message: string }[] }): void;
    }): void;
    execute(): Promise<unknown>;
  }
}
