import axios from 'axios';
import { failureOf, HttpScene } from '../../../test/support/kis/http-scene';
import type { LocalKis } from '../../../test/support/kis/local-kis';

describe('KisHttpService', () => {
  let scene: HttpScene;
  let kis: LocalKis;

  beforeEach(async () => {
    scene = await HttpScene.open();
    ({ kis } = scene);
  });

  afterEach(() => scene.close());

  it('lets no AxiosError out when a request cannot even be made', async () => {
    const call = scene.order(
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
    await scene.get();
    expect(await kis.connections()).toBe(1);

    await scene.fixture.close();

    await kis.disconnected();
    expect(await kis.connections()).toBe(0);
  });
});
