/** Long enough to write what is still buffered. */
const GRACE_MS = 1000;

/**
 * Sets the exit code of a process that has failed, and ends it even if a half-built application left a server or a timer
 * behind.
 */
export function endFailed(code: number): void {
  process.exitCode ??= code;
  setTimeout(() => process.exit(), GRACE_MS).unref();
}

/**
 * Node exits when the event loop is empty. If `work` is not done by then, that is a bug and must not look like success:
 * it is reported, and the exit code is 1 instead of 0.
 *
 * @returns `work`.
 */
export function mustFinish<T>(work: Promise<T>, report: (text: string) => void): Promise<T> {
  const onExit = (code: number): void => {
    if (code !== 0) return;
    process.exitCode = 1;
    report(
      'Ended before the work was done, because nothing was left to wait for. Please report this as a bug.\n',
    );
  };
  process.once('exit', onExit);
  return work.finally(() => process.off('exit', onExit));
}
