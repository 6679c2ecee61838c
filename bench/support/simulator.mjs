// The project's own simulator as a process of its own: its cost must not count for the process that calls it.
import { fromProject } from './resolve.mjs';
import { get, startScript } from './processes.mjs';

/** Starts the simulator and hands out its address and its controls. */
export async function startBrokerage(settings = {}) {
  const { child, ready } = await startScript('support/simulator.mjs', { args: ['--serve'] });
  const control = async (method, path, body) => {
    const { status, text } = await get(`${ready.mockUrl}/__sim${path}`, { method, body });
    if (status !== 200) throw new Error(`The simulator refused ${method} ${path}: ${text}`);
    return JSON.parse(text);
  };
  await control('PATCH', '/settings', settings);
  return {
    child,
    mockUrl: ready.mockUrl,
    realUrl: ready.realUrl,
    set: (change) => control('PATCH', '/settings', change),
    moveClock: (offsetSeconds) => control('POST', '/clock', { offsetSeconds }),
    killTokens: () => control('POST', '/tokens/kill', {}),
    requests: async (limit) => (await control('GET', `/requests?limit=${limit}`)).requests,
    /** Every token request for a key, whatever became of it. */
    issuesOf: async (appKey) => {
      const { keys } = await control('GET', '/issues');
      return (
        keys.find((each) => appKey.startsWith(each.appKey.replace(/[^A-Za-z0-9].*$/, '')))?.requests ?? []
      );
    },
  };
}

if (process.argv.includes('--serve')) {
  const { startSimulator } = fromProject('./dist/simulator/index.js');
  const { mockUrl, realUrl } = await startSimulator({ mockPort: 0, realPort: 0 });
  process.once('disconnect', () => process.exit());
  process.send({ mockUrl, realUrl });
}
