// The processes of a soak: a simulator and two services over one home, built and started as a user starts them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { load } from '../typescript.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const { freePort } = load('../test/support/free-port.ts');
const { DEMO_ACCOUNTS } = load('../src/simulator/index.ts');
const START_LIMIT_MS = 60_000;
const API_KEY = 'soak-'.repeat(5);

/** A token counts as expired this long before its end, because clocks may differ (CLOCK_TOLERANCE_MS). */
const CLOCK_TOLERANCE_SECONDS = 10;

/** What is scaled: a day of the brokerage takes so many seconds, and all times of tokens with it. */
export function scaledTimes(daySeconds) {
  return {
    tokenLifetime: Math.round(daySeconds) + CLOCK_TOLERANCE_SECONDS,
    sameToken: Math.round(daySeconds / 4),
    issueInterval: Math.max(1, Math.floor(daySeconds / 40)),
    buffer: Math.max(1, Math.round(daySeconds / 288)),
    refreshLead: Math.max(2, Math.round(daySeconds / 12)),
  };
}

export class World {
  account = DEMO_ACCOUNTS.real;
  services = [];
  home = mkdtempSync(join(tmpdir(), 'kis-soak-'));

  /** Must be stopped even when this has failed. */
  async start(times) {
    const [real, mock] = [await freePort(), await freePort()];
    this.brokerage = `http://127.0.0.1:${real}`;
    const ports = { SIMULATOR_REAL_PORT: String(real), SIMULATOR_MOCK_PORT: String(mock) };
    this.simulator = this.run('main.simulator.js', [], ports, 'simulator');
    await this.untilAnswering(`${this.brokerage}/__sim`);
    await this.control('settings', {
      tokenLifetimeSeconds: times.tokenLifetime,
      sameTokenSeconds: times.sameToken,
      issueIntervalSeconds: times.issueInterval,
      sessions: 'open',
      fills: 'instant',
    });
    this.env = this.serviceEnv(times);
    for (const index of [0, 1]) {
      this.services[index] = { port: await freePort(), log: `service-${index + 1}` };
      await this.startService(index);
    }
  }

  /** As `kis gateway key add` prints them. */
  async addKey(program, allow) {
    const args = ['gateway', 'key', 'add', program, '--allow', allow, '--columns', '2025', '--json'];
    const child = spawn(process.execPath, [join(root, 'dist', 'main.cli.js'), ...args], {
      cwd: this.home,
      env: this.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part) => (text += part));
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`"kis gateway key add ${program}" ended with code ${code}.`);
    return JSON.parse(text);
  }

  async startService(index) {
    const service = this.services[index];
    service.child = this.run('main.js', [], { ...this.env, PORT: String(service.port) }, service.log);
    await this.untilAnswering(`http://127.0.0.1:${service.port}/health/live`);
  }

  async killService(index) {
    const { child } = this.services[index];
    child.kill('SIGKILL');
    await once(child, 'exit');
    await this.startService(index);
  }

  /** The memory used by the objects of a service, garbage included, in MB. */
  async memoryOf(index) {
    const { port } = this.services[index];
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { 'X-API-Key': API_KEY } });
    const bytes = /^nodejs_heap_size_used_bytes (\S+)/m.exec(await answer.text())?.[1];
    if (bytes === undefined) throw new Error('/metrics does not say how much memory is used.');
    return Number(bytes) / 1_000_000;
  }

  /** The answer of a control of the simulator. */
  async control(name, change) {
    const init = change && { method: 'PATCH', body: JSON.stringify(change) };
    const answer = await fetch(`${this.brokerage}/__sim/${name}`, init);
    if (!answer.ok) throw new Error(`/__sim/${name} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }

  async stop({ keep }) {
    const children = [...this.services.map(({ child }) => child), this.simulator].filter(
      (child) => child && child.exitCode === null && child.signalCode === null,
    );
    for (const child of children) child.kill('SIGTERM');
    const ends = Promise.all(children.map((child) => once(child, 'exit')));
    await Promise.race([ends, delay(10_000, undefined, { ref: false })]);
    for (const child of children) child.kill('SIGKILL');
    if (!keep) rmSync(this.home, { recursive: true, force: true });
  }

  serviceEnv(times) {
    const { appKey, appSecret, accountNumber, accountCode, htsId } = this.account;
    return {
      PATH: process.env.PATH,
      HOME: this.home,
      API_KEY,
      KIS_TRADING_MODE: 'REAL',
      KIS_APP_KEY: appKey,
      KIS_APP_SECRET: appSecret,
      KIS_ACCOUNT_NUMBER: accountNumber,
      KIS_ACCOUNT_CODE: accountCode,
      KIS_HTS_ID: htsId,
      KIS_BASE_URL: this.brokerage,
      KIS_WS_URL: this.brokerage.replace('http', 'ws'),
      KIS_GATEWAY: 'true',
      KIS_ORDERS: 'true',
      KIS_ORDER_MAX_PER_MINUTE: '1000',
      KIS_TOKEN_BUFFER_SECONDS: String(times.buffer),
      KIS_TOKEN_REFRESH_LEAD_SECONDS: String(times.refreshLead),
      KIS_TOKEN_REFRESH_BLACKOUT: '',
      KIS_TOKEN_SWEEP_SECONDS: '1',
      KIS_TOKEN_ISSUE_INTERVAL_SECONDS: String(times.issueInterval),
      LOG_FILE: '',
    };
  }

  run(file, args, env, log) {
    const output = openSync(join(this.home, `${log}.log`), 'a');
    return spawn(process.execPath, [join(root, 'dist', file), ...args], {
      cwd: this.home,
      env: { PATH: process.env.PATH, HOME: this.home, ...env },
      stdio: ['ignore', output, output],
    });
  }

  async untilAnswering(url) {
    const deadline = Date.now() + START_LIMIT_MS;
    for (;;) {
      const answer = await fetch(url).catch(() => null);
      if (answer?.ok) return;
      if (Date.now() > deadline) throw new Error(`${url} did not answer. The output is in ${this.home}.`);
      await delay(50);
    }
  }
}
