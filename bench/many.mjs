// Many credentials: what one costs at rest, what a sweep costs, and thirty days of them in virtual time.
import { median, milliseconds, pause } from './support/harness.mjs';
import { freshToken, kis, newAccount } from './support/project.mjs';
import { figure, target } from './support/report.mjs';
import { fromProject } from './support/resolve.mjs';
import { monthOf } from './support/month.mjs';
import { fileStore, ModelIssuer, openService, tokenText } from './support/virtual.mjs';

const SWEEP_MS = 30_000;
/** The minute in which KIS is not asked again, as short as it can be set, with what the library adds to it. */
const INTERVAL_SECONDS = 1;
const MINUTE_IS_OVER_MS = 2_500;

export default async function many({ quick }) {
  fromProject('@nestjs/common').Logger.overrideLogger(false);
  const counts = quick ? [1_000, 10_000] : [100, 1_000, 10_000, 100_000];
  // Compiled code counts as heap: what is counted afterwards are credentials.
  await atRest(2_000, quick);
  const rest = [];
  for (const count of counts) rest.push(await atRest(count, quick));
  const files = await atRest(quick ? 50 : 1_000, quick, fileStore);
  const months = [];
  for (const count of quick ? [40] : [100, 1_000, 10_000]) months.push(await monthOf(count));
  months.push(await monthOf(quick ? 20 : 100, { refreshLeadSeconds: 0 }));
  return summary(rest, files, months);
}

/** Bytes that are in use, on the heap and in buffers, once everything that can go is gone. */
function heap() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function atRest(count, quick, storeFor = () => undefined) {
  const tokenBytes = bytesOfToken();
  const options = Array.from({ length: count }, (_, index) => newAccount({ alias: `a${index}` }));
  const clock = new kis.SystemKisClock();
  // What the one before still held on to is let go of.
  await pause(100);
  const before = heap();
  const configuration = new kis.KisConfiguration({
    accounts: options,
    issueIntervalSeconds: INTERVAL_SECONDS,
  });
  const configured = heap();
  const issuer = new ModelIssuer(clock);
  const store = storeFor(configuration, clock);
  const service = openService(configuration, { clock, random: new kis.SystemKisRandom(), issuer, store });
  await service.refreshDue();
  const issued = issuer.issues.length;
  issuer.issues = [];
  issuer.current = new Map();
  // What an issue leaves behind is let go of by the first sweep after its minute.
  await pause(MINUTE_IS_OVER_MS);
  await service.refreshDue();
  await pause(0);
  const held = heap();
  if (issued !== count) throw new Error(`${issued} tokens for ${count} credentials`);

  await service.refreshDue();
  const cpuBefore = process.cpuUsage();
  const sweeps = await milliseconds(quick || count > 10_000 ? 3 : 15, () => service.refreshDue());
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    count,
    configurationBytes: (configured - before) / count,
    tokenBytes,
    beyondBytes: (held - configured) / count - tokenBytes,
    sweepMs: median(sweeps),
    idleCpuPercent: (100 * (user + system)) / 1000 / sweeps.length / SWEEP_MS,
  };
}

function bytesOfToken() {
  const before = heap();
  const credential = { id: 'x'.repeat(64) };
  const { bootId } = new kis.SystemKisClock();
  const tokens = Array.from({ length: 10_000 }, () => {
    const now = Date.now();
    return freshToken(credential, now).with({ uptime: { bootId, endsAt: now + Math.random() } });
  });
  const bytes = (heap() - before) / tokens.length;
  // Used after the measurement, so that the tokens are alive in it.
  if (tokens.at(-1).accessToken.length !== tokenText().length)
    throw new Error('A token of an unusual length');
  return bytes;
}

function summary(rest, files, months) {
  const at = (count) => rest.find((each) => each.count === count);
  const [largest, tenThousand] = [rest.at(-1), at(10_000)];
  const month = months.filter(({ leadSeconds }) => leadSeconds > 0).at(-1);
  return {
    title: 'many credentials',
    tables: [
      {
        caption:
          'Bytes for each credential on the heap, and one sweep that finds nothing to do (memory store)',
        columns: [
          'credentials',
          'account and key',
          'the token',
          'beyond the token',
          'sweep ms',
          'sweep µs each',
          'idle CPU %',
        ],
        rows: rest.map((each) => [
          each.count,
          each.configurationBytes,
          each.tokenBytes,
          each.beyondBytes,
          each.sweepMs,
          (each.sweepMs * 1000) / each.count,
          each.idleCpuPercent,
        ]),
      },
      {
        caption: '30 days in virtual time, default lead of 7,200 s and no lead at all',
        columns: [
          'credentials',
          'lead s',
          'issues each',
          'fewest',
          'most',
          'window used %',
          'window before a blackout used %',
          'issues in a blackout',
          'of these avoidable',
          'took s',
        ],
        rows: months.map((each) => [
          each.count,
          each.leadSeconds,
          each.issuesEach,
          each.fewest,
          each.most,
          each.windowPercent,
          each.movedPercent,
          each.inBlackout,
          each.avoidable,
          each.tookSeconds,
        ]),
      },
    ],
    targets: [
      target('bytes beyond the token at 10,000', {
        goal: 'at most',
        limit: 4_000,
        measured: tenThousand.beyondBytes,
        unit: 'B',
      }),
      target('sweep at 10,000', { goal: 'at most', limit: 50, measured: tenThousand.sweepMs, unit: 'ms' }),
      target(`sweep is linear: a credential at ${figure(largest.count)} against one at 1,000`, {
        goal: 'at most',
        limit: 1.5,
        measured: largest.sweepMs / largest.count / (at(1_000).sweepMs / 1_000),
        unit: '×',
      }),
      target('idle CPU at 10,000', {
        goal: 'below',
        limit: 0.5,
        measured: tenThousand.idleCpuPercent,
        unit: '%',
      }),
      target('issues for a credential in 30 days', {
        goal: 'at most',
        limit: 30,
        measured: month.issuesEach,
      }),
      target('share of the window in which refreshes lie', {
        goal: 'at least',
        limit: 95,
        measured: month.windowPercent,
        unit: '%',
      }),
      target('refreshes inside a blackout that could be avoided', {
        goal: 'exactly',
        limit: 0,
        measured: month.avoidable,
      }),
    ],
    notes: [
      `Where each token is a file, as by default, a sweep over ${figure(files.count)} credentials reads every file and takes ${figure(files.sweepMs)} ms. Beyond the token a credential then has ${figure(files.beyondBytes)} bytes, with the claim file as it was last read.`,
      'Bytes are what the process has more of than before, divided by the credentials: at 100 and 1,000 that is mostly what the process itself needs now and then.',
      'A window counts as used by the share of its hundred equal parts in which a refresh lies.',
      'No credential knows of another, so the 30 days are told in groups of twenty, which begin at different hours of a week; at 100,000 it would be the same story ten times as often, and was not run.',
    ],
  };
}
