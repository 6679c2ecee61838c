import { type Brokerage } from './brokerage';
import { type IncomingCall, type Reply, jsonReply } from './message';
import { oauthRefusal } from './oauth/oauth-replies';
import { TOKEN_PATH, route } from './router';
import { type PlannedFault, faultyReply, plannedFault } from './order/order-faults';
import { type OrderFault } from './order/order-settings';
import { type ApiFault, type SimulatorSettings, type TokenFault } from './settings';

/** What happens to an answer on its way: the connection is lost, nothing arrives, or only half of it; null: nothing. */
export type Loss = 'drop' | 'hang' | 'truncated' | null;

export interface Outcome {
  readonly reply: Reply;
  readonly loss: Loss;
  /** The fault that keeps the answer of the brokerage from the client; null without one. */
  readonly swallowedBy: string | null;
}

type Fault = TokenFault | ApiFault | 'tokenDown';

const NO_REPLY: Reply = { status: 0, headers: [], body: '', code: '' };

/** The target of redirects; the log of requests shows whether a client has followed one. */
const ELSEWHERE = '/redirected';

/** Handles a call, with the fault that is set. */
export function play(call: IncomingCall, brokerage: Brokerage): Outcome {
  const { tokenRefusal } = brokerage.settings;
  if (tokenRefusal !== null && call.path.startsWith('/oauth2/')) {
    return { reply: oauthRefusal(tokenRefusal), loss: null, swallowedBy: null };
  }
  const planned = plannedFault(call, brokerage.settings);
  if (planned) return playOrder(call, planned, brokerage);
  const fault = faultOn(call, brokerage.settings);
  if (fault === 'tokenDown') return { reply: NO_REPLY, loss: 'drop', swallowedBy: fault };
  const instead = fault && replyInstead(fault);
  if (instead) return { reply: instead, loss: null, swallowedBy: null };
  const reply = route(call, brokerage);
  const loss = isLoss(fault) ? fault : null;
  return { reply, loss, swallowedBy: loss };
}

/** Plays an order call whose answer goes wrong, with the order executed or not. */
function playOrder(call: IncomingCall, { fault, reaches }: PlannedFault, brokerage: Brokerage): Outcome {
  const reply = reaches ? route(call, brokerage) : null;
  if (isLoss(fault)) {
    // Without an answer not even half of one can arrive.
    const loss = reply || fault === 'hang' ? fault : 'drop';
    return { reply: reply ?? NO_REPLY, loss, swallowedBy: fault };
  }
  const instead = replyInstead(fault) ?? faultyReply(fault, call, reply, brokerage);
  return { reply: instead, loss: null, swallowedBy: null };
}

function faultOn({ path }: IncomingCall, settings: Readonly<SimulatorSettings>): Fault | null {
  if (path === TOKEN_PATH) return settings.tokenDown ? 'tokenDown' : settings.tokenFault;
  return path.startsWith('/uapi/') ? settings.apiFault : null;
}

/** Answers given in front of the brokerage: it never receives the call, so nothing is issued or executed. */
function replyInstead(fault: Fault | OrderFault): Reply | null {
  switch (fault) {
    case 'http500':
      // Public reports show this code with 403 like the other refusals; this fault simulates a server error.
      return { ...oauthRefusal('EGW00002'), status: 500 };
    case 'html502':
      return page(502, 'Bad Gateway', fault);
    case 'http503':
      return page(503, 'Service Unavailable', fault);
    case 'redirect':
      // A client that follows 307 sends method, body and credentials again.
      return { ...jsonReply(307, {}, fault), headers: [['Location', ELSEWHERE]] };
    default:
      return null;
  }
}

function page(status: number, title: string, code: string): Reply {
  return {
    status,
    headers: [['Content-Type', 'text/html']],
    body: `<html><head><title>${status} ${title}</title></head><body><h1>${title}</h1></body></html>`,
    code,
  };
}

function isLoss(fault: Fault | OrderFault | null): fault is 'drop' | 'hang' | 'truncated' {
  return fault === 'drop' || fault === 'hang' || fault === 'truncated';
}
