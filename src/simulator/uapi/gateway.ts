import { type Brokerage } from '../brokerage';
import { type IncomingCall } from '../message';
import { type Customer, isKeyWellFormed, isSecretOf } from '../oauth/customers';
import { type Answer, gatewayRefusal } from './answer';
import { forcedRefusal, statusOf } from './forced-refusal';
import { type GatewayCode } from './gateway-messages';

const BEARER = /^Bearer(?: +|$)/i;

/** Admits a call to the services: the caller, or the refusal. */
export function admit(call: IncomingCall, brokerage: Brokerage): Customer | Answer {
  const forced = forcedRefusal(call, brokerage.settings);
  if (forced) return forced;
  const customer = authenticated(call, brokerage);
  if (typeof customer === 'string') return refusal(customer, brokerage);
  const overload = overloaded(call, customer, brokerage);
  return overload ? refusal(overload, brokerage) : customer;
}

/** Key, token and secret of a call, and that they belong together and to this host. */
function authenticated(call: IncomingCall, brokerage: Brokerage): Customer | GatewayCode {
  const authorization = call.headers.get('authorization').trim();
  if (authorization === '') return 'EGW00122';
  if (!BEARER.test(authorization)) return 'EGW00205';
  const customer = keyHolder(call, brokerage);
  if (typeof customer === 'string') return customer;
  const token = authorization.replace(BEARER, '').trim();
  return (
    tokenProblem(token, customer, call, brokerage) ??
    (isSecretOf(customer, call.headers.get('appsecret')) ? null : 'EGW00304') ??
    hostProblem(customer, call) ??
    customer
  );
}

/** The owner of the `appkey` header, whose secret is checked later. */
export function keyHolder(call: IncomingCall, brokerage: Brokerage): Customer | GatewayCode {
  const appKey = call.headers.get('appkey');
  if (appKey === '') return 'EGW00102';
  if (!isKeyWellFormed(appKey)) return 'EGW00103';
  return brokerage.customers.meet(appKey, call.headers.get('appsecret'), call.host);
}

/**
 * Another key's token is invalid [inferred]; one of a key of the other environment was reported to be answered
 * as expired (kgcrom/cluefin pull request #67).
 */
function tokenProblem(
  token: string,
  customer: Customer,
  call: IncomingCall,
  brokerage: Brokerage,
): GatewayCode | null {
  if (token === '') return 'EGW00122';
  const verdict = brokerage.tokens.judge(token, call.at);
  if (verdict.kind === 'invalid') return 'EGW00121';
  if (verdict.kind === 'expired') return 'EGW00123';
  if (verdict.appKey === customer.appKey) return null;
  const owner = brokerage.customers.find(verdict.appKey);
  return owner && owner.home !== customer.home ? 'EGW00123' : 'EGW00121';
}

function hostProblem(customer: Customer, call: IncomingCall): GatewayCode | null {
  if (customer.home === call.host) return null;
  return call.host === 'real' ? 'EGW02004' : 'EGW02007';
}

/** Distributed gateways refuse now and then although the limit is kept (notice of 2026-04-20). */
function overloaded(call: IncomingCall, customer: Customer, brokerage: Brokerage): GatewayCode | null {
  const { settings, random, rates } = brokerage;
  const perSecond = call.host === 'real' ? settings.realPerSecond : settings.mockPerSecond;
  if (!rates.admits(customer.appKey, perSecond, call.at)) return 'EGW00201';
  if (random() < settings.randomRateRefusals) return 'EGW00201';
  return null;
}

function refusal(code: GatewayCode, { settings }: Brokerage): Answer {
  return gatewayRefusal(code, statusOf(code, settings));
}
