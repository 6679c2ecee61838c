import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { zipSync } from 'fflate';
import { encode } from 'iconv-lite';
import { LocalKis } from '../../../test/support/kis/local-kis';
import { DirectoryThread } from '../files/directory-thread';
import { ManualKisClock } from '../testing/manual-clock';
import { KisExchange } from '../transport/kis-exchange';
import { KisSymbolDirectory } from './kis-symbol.directory';
import { StateMarketFiles } from './state-files';
import { SymbolDownloads } from './symbol-downloads';

const DAY_MS = 24 * 3_600_000;
const ALL_FILES = 12;

/** The file of KOSPI with one stock, and no others. */
function serve(name: string) {
  return (response: ServerResponse, { url }: { readonly url: string }): void => {
    if (url !== '/common/master/kospi_code.mst.zip') {
      response.writeHead(404).end();
      return;
    }
    const row = encode(`005930   KR7005930003${name}${'ST'.padEnd(227)}\n`, 'cp949');
    response.writeHead(200, { 'Content-Type': 'application/zip' }).end(zipSync({ 'kospi_code.mst': row }));
  };
}

describe('the directory of symbols', () => {
  let kis: LocalKis;
  let path: string;
  let clock: ManualKisClock;
  const opened: StateMarketFiles[] = [];

  beforeEach(async () => {
    Logger.overrideLogger(false);
    kis = await LocalKis.start();
    path = mkdtempSync(join(tmpdir(), 'symbols-'));
    clock = new ManualKisClock('2026-11-25T04:00:00Z');
  });

  afterEach(async () => {
    for (const files of opened.splice(0)) files.onApplicationShutdown();
    await kis.stop();
    rmSync(path, { recursive: true });
  });

  /** As another process, or the same after a restart, has it. */
  const open = (): KisSymbolDirectory => {
    // Its limits are on the clock of the test: a busy machine may take longer to start the thread.
    const thread = new DirectoryThread(clock);
    const files = new StateMarketFiles(join(path, 'state'), 'stateDir', clock, thread);
    opened.push(files);
    const exchange = new KisExchange(clock, { maxAnswerBytes: 1_000_000, keepAlive: false });
    const url = new URL('/common/master/', kis.origin);
    return new KisSymbolDirectory(new SymbolDownloads(exchange, url, 'symbolFilesUrl'), files, clock);
  };
  const namesOf = async (directory: KisSymbolDirectory): Promise<string[]> =>
    (await directory.search('005930')).map(({ name }) => name);

  it('fetches a file once a day, also over a restart', async () => {
    kis.reply = serve('삼성전자');
    const first = open();
    expect(await Promise.all([namesOf(first), namesOf(first)])).toEqual([['삼성전자'], ['삼성전자']]);
    expect(kis.requests).toHaveLength(ALL_FILES);
    expect(statSync(join(path, 'state', 'symbols.json')).mode & 0o777).toBe(0o600);

    kis.reply = serve('새이름');
    expect(await namesOf(open())).toEqual(['삼성전자']);
    expect(kis.requests.filter(({ url }) => url.includes('kospi'))).toHaveLength(1);

    clock.step(DAY_MS);
    expect(await namesOf(open())).toEqual(['새이름']);
  });

  it('goes on with the last version of a file, and tries again some minutes later', async () => {
    kis.reply = serve('삼성전자');
    await namesOf(open());
    clock.step(DAY_MS);
    kis.reply = (response) => response.writeHead(503).end();
    const directory = open();
    const before = kis.requests.length;
    expect([await namesOf(directory), await namesOf(directory)]).toEqual([['삼성전자'], ['삼성전자']]);
    expect(kis.requests.length - before).toBe(ALL_FILES);

    kis.reply = serve('새이름');
    await clock.advance(10 * 60_000);
    expect(await namesOf(directory)).toEqual(['새이름']);
  });

  it('waits for new files some seconds only, where it has old ones', async () => {
    kis.reply = serve('삼성전자');
    await namesOf(open());
    clock.step(DAY_MS);
    kis.reply = () => undefined;
    const directory = open();
    const before = kis.requests.length;
    const search = namesOf(directory);
    await kis.arrived(before + ALL_FILES);
    await clock.advance(3000);
    expect(await search).toEqual(['삼성전자']);
  });

  it('fetches everything again when what was kept is damaged', async () => {
    kis.reply = serve('삼성전자');
    await namesOf(open());
    writeFileSync(join(path, 'state', 'symbols.json'), '{"version":1,"files":[[');
    expect(await namesOf(open())).toEqual(['삼성전자']);
  });

  it('says what failed when it has nothing at all', async () => {
    kis.reply = (response) => response.writeHead(503).end();
    await expect(open().search('x')).rejects.toMatchObject({
      code: 'KIS_UNAVAILABLE',
      message: expect.stringContaining('HTTP 503'),
    });
  });
});
