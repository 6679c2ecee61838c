import { type Brokerage } from '../brokerage';
import { type IncomingCall, type Reply, jsonReply } from '../message';
import { InvalidSettingsError, acceptedSettings } from '../settings-check';
import { moveClock } from './clock-control';
import { BadControlError, type Control, ROOT, membersOf } from './control';
import { refusedControl } from './control-access';
import { MARKET_CONTROLS } from './market-control';
import { ORDER_CONTROLS } from './order-controls';
import { REALTIME_CONTROLS } from './realtime-controls';
import { killTokens, listIssues, listTokens } from './token-controls';
import { listRequests } from './traffic-controls';

/** Every control, in the order of the index. */
const CONTROLS: readonly Control[] = [
  {
    method: 'GET',
    path: ROOT,
    words: 'this page: controls, settings, counts',
    run: (_call, brokerage) => index(brokerage),
  },
  {
    method: 'GET',
    path: `${ROOT}/settings`,
    words: 'the current settings',
    run: (_call, { settings }) => settings,
  },
  {
    method: 'PATCH',
    path: `${ROOT}/settings`,
    words: `change settings, e.g. {"holdings": 30, "tokenFault": "drop"}; GET ${ROOT} lists what each accepts`,
    run: (call, brokerage) => {
      brokerage.update(membersOf(call));
      return brokerage.settings;
    },
  },
  {
    method: 'POST',
    path: `${ROOT}/clock`,
    words:
      'move the clock of the brokerage: {"advanceSeconds": 3600} from its current time, or {"offsetSeconds": 0} relative to this machine',
    run: moveClock,
  },
  {
    method: 'GET',
    path: `${ROOT}/requests`,
    words: 'the last requests, newest last; ?limit=100',
    run: listRequests,
  },
  {
    method: 'DELETE',
    path: `${ROOT}/requests`,
    words: 'forget them',
    run: (_call, { requests }) => {
      requests.clear();
      return { forgotten: true };
    },
  },
  { method: 'GET', path: `${ROOT}/tokens`, words: 'the tokens issued', run: listTokens },
  {
    method: 'POST',
    path: `${ROOT}/tokens/kill`,
    words:
      'refuse tokens from now on (EGW00121): {"appKey": "PStoMm5NMd"}, at least its first ten characters, or {} for all',
    run: killTokens,
  },
  {
    method: 'GET',
    path: `${ROOT}/issues`,
    words: 'every token request for each key, with the gaps between them',
    run: listIssues,
  },
  ...MARKET_CONTROLS,
  ...ORDER_CONTROLS,
  ...REALTIME_CONTROLS,
  {
    method: 'POST',
    path: `${ROOT}/reset`,
    words: 'restore the initial settings and forget everything',
    run: (_call, brokerage) => {
      brokerage.reset();
      return { reset: true, settings: brokerage.settings };
    },
  },
];

export function isControlPath(path: string): boolean {
  return path === ROOT || path.startsWith(`${ROOT}/`);
}

/** Answers a call under /__sim, the same on both hosts. No answer holds a whole token or secret. */
export function controlPanel(call: IncomingCall, brokerage: Brokerage): Reply {
  const refused = refusedControl(call);
  if (refused) return refused;
  const here = CONTROLS.filter(({ path }) => path === call.path);
  const control = here.find(({ method }) => method === call.method);
  if (!control) return noSuchControl(call, here);
  try {
    return jsonReply(200, control.run(call, brokerage), '');
  } catch (error) {
    if (!(error instanceof BadControlError || error instanceof InvalidSettingsError)) throw error;
    return jsonReply(400, { error: error.message }, '');
  }
}

/** One line for each control, for a start message. */
export function controlLines(): readonly string[] {
  return CONTROLS.map(({ method, path, words }) => `${method.padEnd(6)} ${path.padEnd(24)} ${words}`);
}

function index(brokerage: Brokerage): object {
  return {
    what: 'A simulator of the KIS Open API: invented accounts and figures, nothing leaves this machine.',
    now: new Date(brokerage.now()).toISOString(),
    controls: Object.fromEntries(CONTROLS.map(({ method, path, words }) => [`${method} ${path}`, words])),
    settings: brokerage.settings,
    accepts: acceptedSettings(),
    book: brokerage.orderMemory?.name ?? null,
    counts: {
      requests: brokerage.requests.length,
      tokens: brokerage.tokens.all.length,
      orders: brokerage.orders.all.length,
      kakaoMessages: brokerage.kakaoMessages,
    },
  };
}

function noSuchControl({ method, path }: IncomingCall, here: readonly Control[]): Reply {
  if (here.length === 0) {
    return jsonReply(404, { error: `There is no ${path}; GET ${ROOT} lists the controls.` }, '');
  }
  const methods = here.map((control) => control.method).join(', ');
  return jsonReply(405, { error: `${path} takes ${methods}, not ${method}.` }, '');
}
