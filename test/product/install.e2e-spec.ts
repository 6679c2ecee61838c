import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PROJECT } from '../support/project';
import { StartedProcess } from '../support/started-process';

describe('An installation', () => {
  it('reports to nobody, also when install scripts are run', async () => {
    const heard: string[] = [];
    const server = createServer((request, response) => {
      heard.push(request.url ?? '');
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const reporter = join(PROJECT, 'node_modules', '@scarf', 'scarf', 'report.js');
    const { code } = await StartedProcess.start(process.execPath, [reporter], {
      env: {
        INIT_CWD: PROJECT,
        SCARF_LOCAL_PORT: String((server.address() as AddressInfo).port),
      },
    }).outcome();
    server.close();
    expect({ code, heard }).toEqual({ code: 0, heard: [] });
  });
});
