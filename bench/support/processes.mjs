// Processes of a benchmark: started on free ports, measured from outside, ended with it.
import { fork, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { pause } from './harness.mjs';
import { mainFile, startOptions, temporaryDirectory } from './project.mjs';
import { benchRoot } from './resolve.mjs';

const START_PATIENCE_MS = 60_000;
/** Linux counts CPU time in hundredths of a second, whatever its own tick is. */
const TICKS_A_SECOND = 100;
const running = new Set();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function tracked(child) {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** A script of this folder that is talked to by messages; resolves with its first one beside it. */
export async function startScript(file, options) {
  const child = spawnScript(file, options);
  return { child, ready: await nextMessage(child) };
}

/** A script of this folder. */
export function spawnScript(file, { args = [], env = {}, execArgv = [] } = {}) {
  return tracked(
    fork(join(benchRoot, file), args, {
      env: { ...process.env, ...env },
      execArgv,
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
  );
}

export function nextMessage(child) {
  return new Promise((resolve, reject) => {
    const gone = (code) => reject(new Error(`${child.spawnargs.join(' ')} ended with code ${code}`));
    child.once('exit', gone);
    child.once('message', (message) => {
      child.off('exit', gone);
      resolve(message);
    });
  });
}

export async function ask(child, message) {
  const answer = nextMessage(child);
  child.send(message);
  return answer;
}

/** The API as `npm start` runs it, in a directory of its own, so that no .env.local is read. */
export function spawnApi(env, { execArgv = [] } = {}) {
  const cwd = temporaryDirectory();
  const output = openSync(join(cwd, 'output.txt'), 'w');
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(KIS_|LOG_|API_KEY|HOST$|PORT$|REDIS_)/.test(name)),
  );
  const child = tracked(
    spawn(process.execPath, [...startOptions, ...execArgv, mainFile], {
      cwd,
      env: { ...clean, ...env },
      stdio: ['ignore', output, output],
    }),
  );
  closeSync(output);
  child.output = () => readFileSync(join(cwd, 'output.txt'), 'utf8');
  return child;
}

export async function freePort() {
  const server = http.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Asks until the answer has status 200; resolves with the moment at which it had arrived (performance.now). */
export async function firstGoodAnswer(url, child) {
  const until = performance.now() + START_PATIENCE_MS;
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`The process ended by itself:\n${child.output?.() ?? ''}`);
    const { status } = await get(url);
    if (status === 200) return performance.now();
    await pause(2);
  }
  throw new Error(
    `${url} gave no good answer within ${START_PATIENCE_MS / 1000} s:\n${child.output?.() ?? ''}`,
  );
}

/** One request on a connection of its own; status 0 when nothing listens. */
export function get(url, { method = 'GET', body } = {}) {
  return new Promise((resolve) => {
    const request = http.request(url, { method, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    request.on('error', () => resolve({ status: 0, text: '' }));
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** CPU seconds that a process has used; null where the system does not tell. */
export function cpuSeconds(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  } catch {
    return null;
  }
}

export async function stop(child, signal = 'SIGKILL') {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}
