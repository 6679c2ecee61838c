import { type KisHost } from '../../../src/simulator/message';
import { TestSimulator, type Heard, type Row, objectOf, rowsOf } from './test-simulator';
import { type SimulatorSettings } from '../../../src/simulator/settings';

const TRADING = '/uapi/domestic-stock/v1/trading';
const OVERSEAS = '/uapi/overseas-stock/v1/trading';

/** 2026-11-23, the day of the test simulator. */
export const TODAY = '20261123';

type Fields = Readonly<Record<string, string>>;

/** Orders of the demo account at a simulator whose clock stands at Monday, ten o'clock. */
export class OrderFixture {
  private constructor(
    readonly server: TestSimulator,
    private readonly tokens: Readonly<Record<KisHost, string>>,
  ) {}

  static async open(settings: Partial<SimulatorSettings> = {}): Promise<OrderFixture> {
    // The clock moves by months in some tests.
    const server = await TestSimulator.open({ tokenLifetimeSeconds: 31_536_000, ...settings });
    return new OrderFixture(server, await server.tokens());
  }

  /** Forgets every order; prices stay where they are held. */
  async reset(): Promise<void> {
    this.server.simulator.reset();
    await this.price('005930', 98_000);
  }

  /** Moves the clock to a time of the server's day, such as "15:25". */
  at(time: string): void {
    const [hour = 0, minute = 0, second = 0] = time.split(':').map(Number);
    const now = (this.server.now + 9 * 3_600_000) % 86_400_000;
    this.server.pass(hour * 3_600 + minute * 60 + second - now / 1000);
  }

  async price(symbol: string, price: number | null): Promise<void> {
    const body = { symbol, price };
    await this.server.ask('mock', '/__sim/market', { method: 'POST', body });
  }

  order(host: KisHost, side: 'buy' | 'sell', fields: Fields = {}): Promise<Heard> {
    const id = side === 'buy' ? 'TTTC0012U' : 'TTTC0011U';
    const body = { PDNO: '005930', ORD_DVSN: '00', ORD_QTY: '1', ORD_UNPR: '98000', ...fields };
    return this.post(host, `${TRADING}/order-cash`, id, body);
  }

  /** Places an order and gives its number. */
  async placed(host: KisHost, side: 'buy' | 'sell', fields: Fields = {}): Promise<string> {
    const heard = await this.order(host, side, fields);
    if (heard.json['rt_cd'] !== '0') throw new Error(`refused: ${heard.text}`);
    return objectOf(heard, 'output')['ODNO'] ?? '';
  }

  /** An order for a stock of the United States. */
  overseas(host: KisHost, side: 'buy' | 'sell', fields: Fields = {}, trId?: string): Promise<Heard> {
    const sale = host === 'mock' ? 'TTTT1001U' : 'TTTT1006U';
    const id = trId ?? (side === 'buy' ? 'TTTT1002U' : sale);
    const usual = { OVRS_EXCG_CD: 'NASD', PDNO: 'AAPL', ORD_QTY: '1', OVRS_ORD_UNPR: '270', ORD_DVSN: '00' };
    return this.post(host, `${OVERSEAS}/order`, id, { ...usual, ORD_SVR_DVSN_CD: '0', ...fields });
  }

  reviseOverseas(host: KisHost, number: string, fields: Fields = {}, trId = 'TTTT1004U'): Promise<Heard> {
    return this.post(host, `${OVERSEAS}/order-rvsecncl`, trId, {
      OVRS_EXCG_CD: 'NASD',
      PDNO: 'AAPL',
      ORGN_ODNO: number,
      RVSE_CNCL_DVSN_CD: '02',
      ORD_QTY: '0',
      OVRS_ORD_UNPR: '0',
      ORD_SVR_DVSN_CD: '0',
      ...fields,
    });
  }

  overseasOrders(host: KisHost, query: Fields = {}, headers: Fields = {}): Promise<Heard> {
    const all = host === 'mock' ? '' : '%';
    return this.get(host, `${OVERSEAS}/inquire-ccnl`, 'TTTS3035R', headers, {
      PDNO: all,
      ORD_STRT_DT: TODAY,
      ORD_END_DT: TODAY,
      SLL_BUY_DVSN: '00',
      CCLD_NCCS_DVSN: '00',
      OVRS_EXCG_CD: all,
      SORT_SQN: 'DS',
      ORD_DT: '',
      ORD_GNO_BRNO: '',
      ODNO: '',
      CTX_AREA_NK200: '',
      CTX_AREA_FK200: '',
      ...query,
    });
  }

  revise(host: KisHost, number: string, fields: Fields): Promise<Heard> {
    const body = {
      KRX_FWDG_ORD_ORGNO: '',
      ORGN_ODNO: number,
      ORD_DVSN: '00',
      RVSE_CNCL_DVSN_CD: '02',
      ORD_QTY: '0',
      ORD_UNPR: '0',
      QTY_ALL_ORD_YN: 'Y',
      ...fields,
    };
    return this.post(host, `${TRADING}/order-rvsecncl`, 'TTTC0013U', body);
  }

  daily(host: KisHost, query: Fields = {}, headers: Fields = {}, trId = 'TTTC0081R'): Promise<Heard> {
    return this.get(host, `${TRADING}/inquire-daily-ccld`, trId, headers, {
      INQR_STRT_DT: TODAY,
      INQR_END_DT: TODAY,
      SLL_BUY_DVSN_CD: '00',
      PDNO: '',
      ORD_GNO_BRNO: '',
      ODNO: '',
      CCLD_DVSN: '00',
      INQR_DVSN: '00',
      INQR_DVSN_1: '',
      INQR_DVSN_3: '00',
      EXCG_ID_DVSN_CD: host === 'mock' ? 'KRX' : 'ALL',
      CTX_AREA_FK100: '',
      CTX_AREA_NK100: '',
      ...query,
    });
  }

  /** The day's row of an order. */
  async row(host: KisHost, number: string): Promise<Row> {
    const rows = rowsOf(await this.daily(host));
    return rows.find((row) => row['odno'] === number) ?? {};
  }

  open(query: Fields = {}): Promise<Heard> {
    return this.get(
      'real',
      `${TRADING}/inquire-psbl-rvsecncl`,
      'TTTC0084R',
      {},
      {
        CTX_AREA_FK100: '',
        CTX_AREA_NK100: '',
        INQR_DVSN_1: '0',
        INQR_DVSN_2: '0',
        ...query,
      },
    );
  }

  get(host: KisHost, path: string, trId: string, headers: Fields, query: Fields): Promise<Heard> {
    return this.server.inquire(host, path, idAt(host, trId), this.tokens[host], { query, headers });
  }

  balance(host: KisHost): Promise<Heard> {
    return this.server.balance(host, this.tokens[host]);
  }

  post(host: KisHost, path: string, trId: string, fields: Fields): Promise<Heard> {
    const { accountNumber, accountCode } = this.server.demo(host);
    const body = { CANO: accountNumber, ACNT_PRDT_CD: accountCode, ...fields };
    return this.server.inquire(host, path, idAt(host, trId), this.tokens[host], { method: 'POST', body });
  }
}

function idAt(host: KisHost, trId: string): string {
  return host === 'mock' ? `V${trId.slice(1)}` : trId;
}
