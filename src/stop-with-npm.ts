const LOOK_EVERY_MS = 500;

/** The scripts of package.json that run until they are stopped. */
const SCRIPTS: readonly (string | undefined)[] = ['start', 'simulator'];

/**
 * Ends this process, as SIGTERM does, when the npm that started it was ended. npm passes a signal on to the shell that
 * runs its script, and shells such as dash die of it without passing it on: the server would live on and keep its port.
 *
 * @param environment the variables of this process; npm's own say which script it runs.
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
