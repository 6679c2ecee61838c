import axios from 'axios';
import { failureOf, HttpCalls } from '../../../test/support/kis/http-calls';
import type { LocalKis } from '../../../test/support/kis/local-kis';

describe('KisHttpService', () => {
  let calls: HttpCalls;
  let kis: LocalKis;

  beforeEach(async () => {
    calls = await HttpCalls.open();
    ({ kis } = calls);
  });

  afterEach(() => calls.close());

  it('throws no AxiosError when a request cannot even be built', async () => {
    const call = calls.order(
      { CANO: '50112345' },
      {
        transformRequest: () => {
          throw new axios.AxiosError('no', 'ERR_BAD_OPTION');
        },
      },
    );

    expect(await failureOf(call)).toHaveProperty('code', 'INVALID_REQUEST');
  });

  it('closes its connections when the application ends', async () => {
    await calls.get();
    expect(await kis.connections()).toBe(1);

    await calls.fixture.close();

    await kis.disconnected();
    expect(await kis.connections()).toBe(0);
  });
});
