const LOOK_EVERY_MS = 500;

/** The scripts of package.json that run until they are stopped. */
const SCRIPTS: readonly (string | undefined)[] = ['start', 'simulator'];

/**
 * Ends this process, as SIGTERM does, once the npm that started it has ended. npm forwards a signal to the shell that
 * runs its script, but shells such as dash exit without forwarding it: the server would keep running and hold its port.
 *
 * @param environment the variables of this process; those of npm name the script.
 */
export function stopWithNpm(environment: NodeJS.ProcessEnv): void {
  const isOurs = environment['npm_package_name'] === 'kis-trading-api';
  if (!isOurs || !SCRIPTS.includes(environment['npm_lifecycle_event'])) return;
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS).unref();
}
