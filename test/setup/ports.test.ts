import { createServer, type AddressInfo } from "node:net";

import { browserCommand } from "../../kernel-setup/setup/browser.mjs";
import { freePort } from "../../kernel-setup/setup/ports.mjs";

test("a busy port gives the next one; a busy range, a message", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  expect(await freePort(port)).toBeGreaterThan(port);
  await expect(freePort(port, 1)).rejects.toThrow(`The ports ${port} to ${port} are all busy.`);
  await new Promise((resolve) => server.close(resolve));
  expect(await freePort(port)).toBe(port);
});

test("a browser is opened only where there is a screen", () => {
  expect(browserCommand({ COURSE_BROWSER: "none", DISPLAY: ":0" }, "linux")).toBeUndefined();
  expect(browserCommand({ COURSE_BROWSER: "firefox" }, "linux")).toBe("firefox");
  expect(browserCommand({ PATH: "" }, "linux")).toBeUndefined();
  expect(browserCommand({}, "darwin")).toBe("open");
});
