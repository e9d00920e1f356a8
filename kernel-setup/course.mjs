// @ts-check
// The one entry of every command. Only old syntax here, so that an old Node can still read it and say what is wrong.
var major = Number(process.versions.node.split(".")[0]);
if (process.platform === "win32") {
  stop(
    "The course does not run on Windows itself.",
    "Use the Windows Subsystem for Linux (wsl --install), and clone the project inside it.",
  );
} else if (major < 20) {
  stop(
    "This is Node " + process.versions.node + "; the course needs Node 20 or newer.",
    "Install a current Node (for example from your package manager, or with nvm install 22), then run this again.",
  );
} else {
  import("./commands/main.mjs").then(function (module) {
    return module.main(process.argv.slice(2));
  });
}

/** @param {string} message @param {string} cure */
function stop(message, cure) {
  console.error(message + "\n" + cure);
  process.exitCode = 1;
}
