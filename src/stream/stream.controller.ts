import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiProduces,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '../common/api-description';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../common/api-problems';
import { Guarded } from '../common/guarded';
import { ReadyAccounts } from '../common/ready-accounts';
import { KisRealtime } from '../kis';
import { leaveContext } from '../logging/request-context';
import { EventConnections } from './event-connections';
import { GapDto, OrderEventDto, StreamStatusDto, TradeDto } from './stream.dto';
import { streamQuery, type StreamQuery } from './stream-query';

const DESCRIPTION = `Server-sent events; \`data\` is JSON. Events: \`trade\`, \`book\` (as in GET /api/quotes/{symbol}/book),
\`expected\`, \`market\`, \`order\` (with an id), \`status\`, \`gap\`. One session with KIS serves all listeners, and KIS allows
41 registrations for an app key. A listener that does not read gets the newest order books only, and is disconnected with a
\`status\` event when thousands of trades wait.`;

/** Real time, as server-sent events. */
@ApiTags('stream')
@ApiExtraModels(TradeDto, OrderEventDto, StreamStatusDto, GapDto)
@Guarded()
@Controller('api/stream')
export class StreamController {
  constructor(
    private readonly accounts: ReadyAccounts,
    private readonly realtime: KisRealtime,
    private readonly connections: EventConnections,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Trades, order books and order events as they come', description: DESCRIPTION })
  @ApiQuery({
    name: 'channels',
    description:
      'Separated by commas: trades, book, expected or market with a symbol, and for a domestic one a venue (@KRX, @NXT, @ALL); orders with an account.',
    example: 'trades:005930,book:000660@NXT,trades:NAS:AAPL,orders:main',
  })
  @ApiQuery({
    name: 'account',
    required: false,
    description: 'Whose credentials are used. Default: the first account that is ready.',
    example: 'main',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The last order event that was received: those after it come first.',
  })
  @ApiProduces('text/event-stream')
  @ApiResponse({
    status: 200,
    description: 'The events.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiProblems('INVALID_REQUEST', 'ACCOUNT_NOT_FOUND', 'NOT_AVAILABLE_IN_MOCK', 'REGISTRATIONS_FULL')
  async listen(
    @Query(streamQuery) { channels = '', account }: StreamQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const stream = await this.realtime.open(channels.split(','), {
      account: this.accounts.for(account),
      ...(lastEventId === undefined ? {} : { lastEventId }),
    });
    const { raw } = reply;
    if (raw.destroyed) {
      stream.close();
      return;
    }
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) raw.setHeader(name, value);
    }
    reply.hijack();
    // Bytes as they are, until the connection ends: nothing has to be put around each of many small writes.
    raw.useChunkedEncodingByDefault = false;
    raw.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' });
    this.connections.add(stream, raw);
    leaveContext(raw);
  }
}
