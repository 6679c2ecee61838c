import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { ScheduleModule } from '@nestjs/schedule';
import { accountAt } from '../../../test/support/kis/local-kis';
import { KisModule } from '../kis.module';
import { KisMarketFiles } from './state-files';

describe('what market data is kept in', () => {
  it.each([
    ['the state directory', false],
    ['memory, for what a simulator invents', true],
  ])('is %s', async (_, simulated) => {
    const path = mkdtempSync(join(tmpdir(), 'market-'));
    const stateDir = join(path, 'state');
    const module = await Test.createTestingModule({
      imports: [
        ScheduleModule.forRoot(),
        KisModule.forRoot({
          accounts: [accountAt('http://127.0.0.1:9', { simulated })],
          tokenDir: join(path, 'tokens'),
          stateDir,
        }),
      ],
    }).compile();
    try {
      await module.get(KisMarketFiles, { strict: false }).writeFile('symbols.json', new Uint8Array([1]));
      expect(existsSync(join(stateDir, 'symbols.json'))).toBe(!simulated);
    } finally {
      await module.close();
      rmSync(path, { recursive: true });
    }
  });
});
