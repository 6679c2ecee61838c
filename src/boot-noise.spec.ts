import { withoutBootNoise } from './boot-noise';

describe('withoutBootNoise', () => {
  const said: [level: string, ...words: unknown[]][] = [];
  const hear =
    (level: string) =>
    (...words: unknown[]): void => {
      said.push([level, ...words]);
    };
  const logger = withoutBootNoise({
    log: hear('log'),
    warn: hear('warn'),
    error: hear('error'),
    debug: hear('debug'),
    fatal: hear('fatal'),
  });

  beforeEach(() => {
    said.length = 0;
  });

  it('makes what Nest says of its own start a matter of debugging', () => {
    logger.log('Mapped {/api/tokens, GET} route', 'RouterExplorer');
    logger.error('listen EADDRINUSE', 'stack', 'NestApplication');
    expect(said).toEqual([
      ['debug', 'Mapped {/api/tokens, GET} route', 'RouterExplorer'],
      ['debug', 'listen EADDRINUSE', 'stack', 'NestApplication'],
    ]);
  });

  it('hands on everything else as it is', () => {
    logger.log('Token saved successfully', 'TokenManager');
    logger.warn('slow', 'KIS API');
    logger.error('failed', 'stack', 'HTTP');
    logger.debug?.('detail', 'HTTP');
    logger.fatal?.('over', 'Process');
    expect(said.map(([level, words]) => [level, words])).toEqual([
      ['log', 'Token saved successfully'],
      ['warn', 'slow'],
      ['error', 'failed'],
      ['debug', 'detail'],
      ['fatal', 'over'],
    ]);
  });
});
