import { inspect } from 'node:util';
import { loadConfig } from './load-config';
import { ENCRYPTION_KEY, KEY, MINE, SECRET } from '../../test/support/settings-samples';

describe('AppConfig', () => {
  it('cannot be changed afterwards', () => {
    const config = loadConfig(MINE);
    for (const part of [
      config,
      config.kis,
      config.kis.accounts,
      config.kis.accounts[0],
      config.log,
      config.warnings,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('prints without secrets, whole keys and account numbers', () => {
    const config = loadConfig({
      ...MINE,
      API_KEY: 'a-long-and-random-key',
      REDIS_URL: 'redis://:hidden-password@redis.example',
      KIS_TOKEN_ENCRYPTION_KEY: ENCRYPTION_KEY,
    });
    const values = [KEY, SECRET, '50112345', 'a-long-and-random-key', 'hidden-password', ENCRYPTION_KEY];
    for (const printed of [
      JSON.stringify(config),
      inspect(config, { depth: 10 }),
      inspect({ config }, { depth: 10 }),
    ]) {
      expect(printed).toContain('PSabcdefgh…');
      expect(printed).toContain('5011****');
      for (const value of values) expect(printed).not.toContain(value);
    }
  });

  it('has a redactor that knows its secrets, and that its variations share', () => {
    const redis = { REDIS_URL: 'redis://:hidden%20password@redis.example' };
    const keys = { API_KEY: 'a-long-and-random-key', KIS_TOKEN_ENCRYPTION_KEY: ENCRYPTION_KEY };
    const { redactor } = loadConfig({ ...MINE, ...redis, ...keys });
    expect(redactor.redact(`${SECRET}, a-long-and-random-key, hidden password`)).toBe(
      '[secret], [secret], [secret]',
    );
    expect(redactor.redact(`${KEY}, 50112345, ${ENCRYPTION_KEY}`)).toBe('PSabcdefgh…, 5011****, [secret]');
    const config = loadConfig(MINE);
    expect(config.with({ port: 1 }).redactor).toBe(config.redactor);
  });
});
