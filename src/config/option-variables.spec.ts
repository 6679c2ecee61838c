import { variablesForOptions } from './option-variables';

describe('variablesForOptions', () => {
  const nameOption = variablesForOptions(['my-pension']);

  it.each([
    ['tokenDir', null, 'KIS_TOKEN_DIR'],
    ['tokenStore', null, 'KIS_TOKEN_STORE'],
    ['tokenCipher', null, 'KIS_TOKEN_ENCRYPTION_KEY'],
    ['redis', null, 'REDIS_URL'],
    ['proxy', null, 'HTTPS_PROXY'],
    ['proxy.except', null, 'NO_PROXY'],
    ['requestTimeoutMs', 'main', 'KIS_REQUEST_TIMEOUT_MS'],
    ['requestsPerSecond', 'my-pension', 'KIS_MY_PENSION_REQUESTS_PER_SECOND'],
    ['baseUrl', 'my-pension', 'KIS_MY_PENSION_BASE_URL'],
    // An account of the official samples' file has no variables of its own.
    ['baseUrl', 'real', 'KIS_BASE_URL'],
  ] as const)('is for %s of %s %s', (option, alias, variable) => {
    expect(nameOption(option, alias)).toBe(variable);
  });
});
