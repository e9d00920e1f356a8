import {
  checkInterrupt,
  clearOutput,
  display,
  displayUpdatable,
  InterruptedError,
  interruptSignal,
} from "../../../src/notebook/host";
import { displaySymbol, type Displayable } from "../../../src/notebook/show";
import { withHost } from "./fake-host";

const picture = (name: string): Displayable => ({ [displaySymbol]: () => ({ "text/html": name }) });
const slowPicture = (name: string, ready: Promise<void>): Displayable => ({
  [displaySymbol]: () => ready.then(() => ({ "text/html": name })),
});

describe("in a notebook", () => {
  test(
    "a ready picture is shown before display returns",
    withHost((host) => {
      void display(picture("a"));
      expect(host.shown).toEqual([{ data: { "text/html": "a" } }]);
    }),
  );

  test(
    "a slow picture is announced, so that the cell waits for it",
    withHost(async (host) => {
      const shown = display(slowPicture("a", Promise.resolve()));
      expect(host.shown).toEqual([]);
      expect(host.work).toEqual([shown]);
      await shown;
      expect(host.shown).toHaveLength(1);
    }),
  );

  test(
    "values without a picture are shown as text",
    withHost((host) => {
      void display("plain\ntext");
      void display({ a: [1, 2] });
      expect(host.shown.map(({ data }) => data)).toEqual([
        { "text/plain": "plain\ntext" },
        { "text/plain": "{ a: [ 1, 2 ] }" },
      ]);
    }),
  );

  test(
    "an update replaces its own display",
    withHost(async (host) => {
      const [one, two] = [displayUpdatable("1"), displayUpdatable("2")];
      await one.update("1b");
      const ids = host.shown.map(({ displayId }) => displayId);
      expect(ids[0]).not.toBe(ids[1]);
      expect(ids[2]).toBe(ids[0]);
      expect(host.shown.map(({ update }) => update)).toEqual([false, false, true]);
      await two.update("2b");
      expect(host.shown[3].displayId).toBe(ids[1]);
    }),
  );

  test(
    "a slow update does not overwrite a later one",
    withHost(async (host) => {
      let release = (): void => undefined;
      const ready = new Promise<void>((resolve) => (release = resolve));
      const handle = displayUpdatable("first");
      const slow = handle.update(slowPicture("slow", ready));
      await handle.update("last");
      release();
      await slow;
      expect(host.shown.at(-1)?.data).toEqual({ "text/plain": "last" });
      expect(host.shown).toHaveLength(2);
    }),
  );

  test(
    "an interrupt throws at the next check and aborts the signal",
    withHost((host) => {
      expect(checkInterrupt).not.toThrow();
      const signal = interruptSignal();
      host.interrupt();
      expect(checkInterrupt).toThrow(InterruptedError);
      expect(signal?.aborted).toBe(true);
    }),
  );

  test(
    "output is cleared by the kernel",
    withHost((host) => {
      clearOutput({ wait: true });
      expect(host.cleared).toEqual([{ wait: true }]);
    }),
  );
});

describe("outside a notebook", () => {
  test("display prints the text, and nothing is ever interrupted", async () => {
    const log = jest.spyOn(console, "log").mockImplementation();
    await display({ [displaySymbol]: () => ({ "text/html": "<b>", "text/plain": "words" }) });
    expect(log.mock.calls).toEqual([["words"]]);
    log.mockRestore();
    expect(checkInterrupt).not.toThrow();
    expect(interruptSignal()).toBeUndefined();
    expect(clearOutput).not.toThrow();
  });
});
