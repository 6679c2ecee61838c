import { type Brokerage } from '../brokerage';
import { Fields, type IncomingCall, type KisHost, type Reply, jsonObject, textOf } from '../message';
import { ownsAccount } from '../oauth/customers';
import { hexDigits } from '../random';
import { type Answer, envelope, gatewayRefusal, serviceRefusal } from './answer';
import { admit } from './gateway';
import { type Service } from './service';
import { serviceFor } from './services';

/** Every call under /uapi: gateway, transaction id, account, fields, service, in this order. */
export function uapiEndpoint(call: IncomingCall, brokerage: Brokerage): Reply {
  const trId = call.headers.get('tr_id');
  const answer = answerOf(call, trId, brokerage);
  const content = without(brokerage.settings.omitFields, answer.content);
  return envelope({ ...answer, content }, trId, hexDigits(brokerage.random, 32));
}

function without(names: readonly string[], content: Answer['content']): Answer['content'] {
  if (names.length === 0) return content;
  const leaveOut = (name: string, value: unknown): unknown => (names.includes(name) ? undefined : value);
  return JSON.parse(JSON.stringify(content, leaveOut)) as Answer['content'];
}

function answerOf(call: IncomingCall, trId: string, brokerage: Brokerage): Answer {
  const service = serviceFor(call.method, call.path);
  if (!service) return gatewayRefusal('EGW00202', 404);
  const customer = admit(call, brokerage);
  if ('msgCd' in customer) return customer;
  const fields = fieldsOf(call);
  brokerage.matching.advance(call.at);
  return (
    transactionProblem(service, trId, call.host) ??
    (service.forAccount ? accountProblem(fields, (number) => ownsAccount(customer, number)) : null) ??
    (service.forAccount ? ledgerProblem(brokerage) : null) ??
    missingField(service, fields) ??
    service.answer({ call, trId, fields, brokerage })
  );
}

function fieldsOf(call: IncomingCall): Fields {
  if (call.method !== 'POST') return call.query;
  return new Fields(
    Object.entries(jsonObject(call.body) ?? {}).map(([name, value]) => [name, textOf(value)]),
  );
}

/** Ids of accounts begin with T, J or C at the real host and with V at the mock host; those of quotes do not differ. */
function transactionProblem({ trIds }: Service, trId: string, host: KisHost): Answer | null {
  if (trId === '') return serviceRefusal('1', 'OPSQ9999', 'JSON PARSING ERROR : tr_id not found');
  if (host === 'real' && trId.startsWith('V')) return gatewayRefusal('EGW02005');
  if (host === 'mock' && /^[TJC]/.test(trId)) return gatewayRefusal('EGW02006');
  return trIds[host].includes(trId) ? null : serviceRefusal('1', 'OPSQ0002', '없는 서비스 코드 입니다');
}

function accountProblem(fields: Fields, isOwn: (accountNumber: string) => boolean): Answer | null {
  const accountNumber = fields.get('CANO');
  if (!/^\d{8}$/.test(accountNumber) || !/^\d{2}$/.test(fields.get('ACNT_PRDT_CD'))) {
    return serviceRefusal('2', 'OPSQ2000', 'ERROR : INPUT INVALID_CHECK_ACNO');
  }
  return isOwn(accountNumber) ? null : gatewayRefusal('IGW00002');
}

/** Since about 2026-09 the ledger has a limit of its own over all customers. */
function ledgerProblem({ random, settings }: Brokerage): Answer | null {
  return random() < settings.ledgerRefusals ? gatewayRefusal('EGW00215') : null;
}

function missingField(service: Service, fields: Fields): Answer | null {
  const missing = service.required.find((name) => !fields.has(name));
  return missing === undefined
    ? null
    : serviceRefusal('2', 'OPSQ2001', `ERROR : INPUT FIELD NOT FOUND [${missing}]`);
}
