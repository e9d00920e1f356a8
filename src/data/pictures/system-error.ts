/** Whether the file system has thrown it. Not by `instanceof`: Node's own errors may be of another context. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === "object" && error !== null && "syscall" in error && "message" in error;
}
