import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { currentRequestId, inRequest, keepContext, leaveContext } from './request-context';

function response(): ServerResponse {
  return new ServerResponse(new IncomingMessage(new Socket()));
}

/** The request id that is seen once `until` has happened. */
async function idAfter(until: Promise<void>): Promise<string | undefined> {
  await until;
  return currentRequestId();
}

function event(): { happened: Promise<void>; happen: () => void } {
  let happen = (): void => undefined;
  const happened = new Promise<void>((resolve) => (happen = resolve));
  return { happened, happen };
}

describe('The context of a request', () => {
  it('lasts until its response closes, whatever other requests do in the meantime', async () => {
    const [first, second, third] = [response(), response(), response()];
    const { happened, happen } = event();
    keepContext(first);
    keepContext(second);
    const seen = inRequest('second', () => idAfter(happened));

    first.emit('close');
    inRequest('first', () => undefined);
    keepContext(third);
    leaveContext(third);
    happen();

    expect(await seen).toBe('second');
    second.emit('close');
  });

  it('begins anew after all have ended', async () => {
    const gone = response();
    keepContext(gone);
    gone.emit('close');
    const current = response();
    const { happened, happen } = event();
    keepContext(current);
    const seen = inRequest('current', () => idAfter(happened));
    happen();

    expect(await seen).toBe('current');
    expect(currentRequestId()).toBeUndefined();
    current.emit('close');
  });
});
