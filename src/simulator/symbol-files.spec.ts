import { unzipSync } from 'fflate';
import { decode } from 'iconv-lite';
import { request } from 'node:http';
import { TestSimulator } from '../../test/support/simulator/test-simulator';

let server: TestSimulator;
beforeAll(async () => {
  server = await TestSimulator.open();
});
afterAll(() => server.close());

function download(name: string): Promise<{ status: number; body: Buffer }> {
  const url = `${server.simulator.mockUrl ?? ''}/common/master/${name}`;
  return new Promise((resolve, reject) => {
    request(url, { agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) });
      });
    })
      .on('error', reject)
      .end();
  });
}

async function linesOf(name: string): Promise<string[]> {
  const { status, body } = await download(`${name}.zip`);
  expect(status).toBe(200);
  const files = unzipSync(body);
  expect(Object.keys(files)).toEqual([name]);
  return decode(Buffer.from(files[name] ?? []), 'cp949')
    .split('\n')
    .slice(0, -1);
}

describe('the symbol files', () => {
  it.each([
    ['kospi_code.mst', 227, '005930', 'KR7005930003', '삼성전자', 'ST'],
    ['kospi_code.mst', 227, 'Q530031', 'KRG530031001', '삼성 레버리지 WTI원유 선물 ETN', 'EN'],
    ['kosdaq_code.mst', 221, '247540', 'KR7247540008', '에코프로비엠', 'ST'],
    ['konex_code.mst', 184, '244880', 'KR7244880001', '나눔테크', 'KN'],
  ])('of Korea (%s) have %i columns behind the name', async (file, width, symbol, isin, name, group) => {
    const line = (await linesOf(file)).find((row) => row.slice(0, 9).trim() === symbol) ?? '';
    expect(line.slice(9, 21)).toBe(isin);
    expect(line.slice(21, -width).trim()).toBe(name);
    expect(line.slice(-width).slice(0, 2)).toBe(group);
    expect(line.slice(-width)).toMatch(/^[\x20-\x7e]*$/);
  });

  it('need CP949: one name has syllables that EUC-KR lacks', async () => {
    const line = (await linesOf('kosdaq_code.mst')).find((row) => row.startsWith('900999'));
    expect(line?.slice(21, -221).trim()).toBe('샾똠홀딩스');
  });

  it('of other countries have 24 columns between tabs', async () => {
    const rows = (await linesOf('nasmst.cod')).map((line) => line.split('\t'));
    expect(rows.every((columns) => columns.length === 24)).toBe(true);
    expect(rows.find((columns) => columns[4] === 'NVDA')?.slice(0, 9)).toEqual([
      'US',
      '22',
      'NAS',
      '나스닥',
      'NVDA',
      'NASNVDA',
      '엔비디아',
      'NVIDIA CORP',
      '2',
    ]);
  });

  it.each(['kospi_code.mst', 'nosuch.mst.zip', '../settings.zip'])('do not include %s', async (name) => {
    expect((await download(name)).status).toBe(404);
  });
});
