import { zipSync } from 'fflate';
import { type Brokerage } from '../brokerage';
import { type IncomingCall, type Reply, jsonReply } from '../message';
import { symbolFile } from './symbol-files';

/** The folder of the symbol files at KIS's download host; they need no key and no token. */
const FOLDER = '/common/master/';

export function isDownload({ method, path }: IncomingCall): boolean {
  return method === 'GET' && path.startsWith(FOLDER);
}

/** GET /common/master/kospi_code.mst.zip and the like (open-trading-api, stocks_info): a zip of one file. */
export function downloadEndpoint({ path, at }: IncomingCall, brokerage: Brokerage): Reply {
  const name = path.slice(FOLDER.length).replace(/\.zip$/, '');
  const content = path.endsWith('.zip') ? symbolFile(name, brokerage.market, at) : null;
  if (content === null) return jsonReply(404, {}, 'no such file');
  return {
    status: 200,
    headers: [
      ['Content-Type', 'application/zip'],
      ['Last-Modified', new Date(at).toUTCString()],
    ],
    body: Buffer.from(zipSync({ [name]: content }, { mtime: new Date(at) })),
    code: '',
  };
}
