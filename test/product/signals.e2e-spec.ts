import { spawnSync } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { startSimulator, type Simulator } from '../../src/simulator';
import { freshAccountEnv } from '../support/brokerage-env';
import { DEMO, Home, Product } from '../support/product';

const BALANCE = '/api/accounts/main/balance';

const hasCompiler = spawnSync('gcc', ['--version']).status === 0;
const withCompiler = hasCompiler || process.env['CI'] !== undefined ? it : it.skip;

/** Native code that crashes on the main thread as soon as the file exists. */
const CRASHING = `
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
static pthread_t main_thread;
static void crash(int number) { *(volatile int *)0 = number; }
static void *wait_for(void *file) {
  while (access(file, F_OK) != 0) usleep(10000);
  signal(SIGRTMIN + 5, crash);
  pthread_kill(main_thread, SIGRTMIN + 5);
  return NULL;
}
__attribute__((constructor)) static void begin(void) {
  static pthread_t thread;
  main_thread = pthread_self();
  pthread_create(&thread, NULL, wait_for, getenv("CRASH_WHEN"));
}
`;

describe('A signal to the API', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator({
      realPort: null,
      mockPort: 0,
      settings: { mockPerSecond: 500 },
    });
  });

  afterAll(() => simulator.stop());

  const balances = () => simulator.requests.withTrId('VTTC8434R').length;

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends it after the call under way', async (signal) => {
    const product = await Product.start({ env: freshAccountEnv(simulator) });
    expect((await product.ask(BALANCE)).status).toBe(200);
    simulator.update({ latencyMs: 300 });
    const before = balances();
    const calling = product.ask(BALANCE);
    while (balances() === before) await setImmediate();
    product.signal(signal);
    expect((await calling).status).toBe(200);
    expect(await product.outcome()).toMatchObject({ signal, stderr: '' });
    simulator.update({ latencyMs: 0 });
    const lines = product.home.read('logs/app.log').trimEnd().split('\n');
    expect(lines).toContainEqual(expect.stringContaining(` - INFO - [App] Stopping (${signal})`));
    expect(lines.at(-1)).toMatch(/ - INFO - \[App\] Stopped$/);
  });

  it('SIGTERM ends it after the token under way, which is kept', async () => {
    simulator.update({ tokenLatencyMs: 300 });
    const env = freshAccountEnv(simulator);
    const product = await Product.launch({ env });
    while (simulator.issuesOf(env['KIS_APP_KEY'] ?? '').length === 0) await setImmediate();
    expect(await product.stop()).toMatchObject({ signal: 'SIGTERM', stderr: '' });
    expect(product.home.list('~/KIS/tokens')).toContainEqual(expect.stringMatching(/^token_/));
  });

  withCompiler('of a real crash in native code ends it at once', async () => {
    const home = new Home({ files: { 'crashing.c': CRASHING } });
    const library = home.locate('crashing.so');
    const compiled = spawnSync('gcc', [
      '-shared',
      '-fPIC',
      '-pthread',
      '-o',
      library,
      home.locate('crashing.c'),
    ]);
    expect(String(compiled.stderr)).toBe('');
    const env = { ...DEMO, LD_PRELOAD: library, CRASH_WHEN: home.locate('now') };
    const product = await Product.start({ env, home });
    home.write('now', '');
    expect(await product.outcome(10_000)).toMatchObject({ code: null, signal: 'SIGSEGV' });
  });
});
