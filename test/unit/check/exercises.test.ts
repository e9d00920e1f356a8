import { checkExercise, exercises } from "../../../src/check";

describe.each(exercises.map((exercise) => [exercise.id, exercise] as const))("exercise %s", (_, exercise) => {
  test("its solution passes and says what to notice", async () => {
    const { status, says } = await checkExercise(exercise, exercise.solution);
    expect(status).toBe("passed");
    expect(says.at(-1)).toBe(exercise.notice);
  });

  const planted = exercise.misconceptions.flatMap((misconception) =>
    misconception.planted.map((answer, i) => [misconception.name, i, misconception, answer] as const),
  );

  test.each(planted)("recognises: %s (%i)", async (_name, _i, misconception, answer) => {
    const outcome = await checkExercise(exercise, answer);
    expect(outcome.status).toBe("failed");
    expect(outcome.misconception).toBe(misconception.name);
    expect(outcome.says[0]).toBe(misconception.says);
  });

  test("each misconception has its own message", () => {
    const messages = exercise.misconceptions.map(({ says }) => says);
    expect(new Set(messages).size).toBe(messages.length);
    expect(messages.length).toBeGreaterThanOrEqual(3);
  });

  test("no answer is not a wrong answer", async () => {
    expect((await checkExercise(exercise, undefined)).status).toBe("unanswered");
    expect((await checkExercise(exercise, () => undefined)).status).toBe("unanswered");
  });
});

test("the identifiers are different", () => {
  expect(new Set(exercises.map(({ id }) => id)).size).toBe(exercises.length);
});
