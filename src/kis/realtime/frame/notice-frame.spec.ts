import { eventsOf, NOTICE, NOTICE_2024, OVERSEAS_NOTICE } from '../../../../test/support/kis/realtime-frames';

describe('a notice', () => {
  const fill = {
    market: 'domestic',
    accountNumber: '5001234501',
    orderNumber: '0000000001',
    originalNumber: null,
    event: 'filled',
    action: 'new',
    side: 'buy',
    symbol: '005930',
    quantity: '2',
    price: '70000',
    timeOfDay: '093000',
    divisionCode: '00',
  };

  it.each([
    ['of today', NOTICE],
    ['of before March 2025', NOTICE_2024],
    ['with columns that KIS has appended', `${NOTICE}^X`],
  ])('%s is read', (_, body) => {
    expect(eventsOf('H0STCNI0', body)).toEqual([{ type: 'notice', data: fill }]);
  });

  it.each([24, 25])('with %i columns is not read: they are of no known layout', (width) => {
    const body = NOTICE.split('^').slice(0, width).join('^');
    expect(typeof eventsOf('H0STCNI9', body)).toBe('string');
  });

  it('about a foreign order has the decimals that its exchange implies', () => {
    expect(eventsOf('H0GSCNI0', OVERSEAS_NOTICE)).toMatchObject([
      {
        data: {
          market: 'us',
          symbol: 'NAS:AAPL',
          price: '148.01',
          quantity: '3',
          event: 'cancelled',
          timeOfDay: null,
        },
      },
    ]);
    expect(typeof eventsOf('H0GSCNI0', OVERSEAS_NOTICE.replace('APPLE^6', 'APPLE^?'))).toBe('string');
  });
});
