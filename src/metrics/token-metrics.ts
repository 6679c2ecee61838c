import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { KisConfiguration, KisTokenService, type KisCredential, type KisTokenEventName } from '../kis';

const LABELS = ['alias', 'mode'] as const;
type Label = (typeof LABELS)[number];

/** The events that are counted, with the names of their metrics. */
const COUNTED: readonly { event: KisTokenEventName; name: string; help: string }[] = [
  { event: 'issued', name: 'kis_token_issued_total', help: 'Tokens that KIS issued to this process.' },
  { event: 'adopted', name: 'kis_token_adopted_total', help: 'Tokens taken over from the store.' },
  {
    event: 'refreshFailed',
    name: 'kis_token_refresh_failures_total',
    help: 'Attempts to get a token that failed.',
  },
  {
    event: 'noProgress',
    name: 'kis_token_no_progress_total',
    help: 'Token requests that returned no newer token.',
  },
  {
    event: 'rejected',
    name: 'kis_token_rejected_total',
    help: 'Tokens that KIS refused before they expired.',
  },
  {
    event: 'staleServed',
    name: 'kis_token_stale_served_total',
    help: 'Tokens handed out that were about to expire.',
  },
  { event: 'saved', name: 'kis_token_saved_total', help: 'Tokens written to the store.' },
  { event: 'saveFailed', name: 'kis_token_save_failures_total', help: 'Tokens that could not be written.' },
];

/**
 * Metrics of tokens for Prometheus, in a registry of its own. Series are labelled by alias and mode; accounts with the
 * same app key share a token, which is counted under the first of their aliases.
 */
@Injectable()
export class TokenMetrics implements OnModuleInit, OnModuleDestroy {
  readonly registry = new Registry();
  private readonly subscriptions: (() => void)[] = [];

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly tokens: KisTokenService,
  ) {}

  onModuleInit(): void {
    collectDefaultMetrics({ register: this.registry });
    for (const counted of COUNTED) this.count(counted);
    this.measureWaits();
    this.watchRemainingLife();
  }

  onModuleDestroy(): void {
    for (const unsubscribe of this.subscriptions) unsubscribe();
  }

  private count({ event, name, help }: (typeof COUNTED)[number]): void {
    const counter = new Counter({ name, help, labelNames: LABELS, registers: [this.registry] });
    // Starts at 0: rate() would miss the first failure of a series that appears with it.
    for (const { credential } of this.configuration.accounts) counter.inc(this.labels(credential), 0);
    this.subscriptions.push(
      this.tokens.events.on(event, ({ credential }) => {
        counter.inc(this.labels(credential));
      }),
    );
  }

  private measureWaits(): void {
    const histogram = new Histogram({
      name: 'kis_token_wait_seconds',
      help: 'How long a caller waited for a token; a fresh one is served without waiting and not counted.',
      labelNames: LABELS,
      buckets: [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 20, 60],
      registers: [this.registry],
    });
    this.subscriptions.push(
      this.tokens.events.on('waited', ({ credential, waitedMs }) => {
        histogram.observe(this.labels(credential), waitedMs / 1000);
      }),
    );
  }

  private watchRemainingLife(): void {
    const { configuration, tokens } = this;
    new Gauge({
      name: 'kis_token_remaining_seconds',
      help: 'Seconds until the token of an account expires; 0 without one.',
      labelNames: LABELS,
      registers: [this.registry],
      collect() {
        // From memory: a store that hangs must not block monitoring.
        for (const { alias, remainingSeconds } of tokens.readiness().tokens) {
          this.set({ alias, mode: configuration.account(alias).credential.mode }, remainingSeconds ?? 0);
        }
      },
    });
  }

  private labels(credential: KisCredential): Record<Label, string> {
    const account = this.configuration.accounts.find((each) => each.credential.id === credential.id);
    return { alias: account?.alias ?? 'unknown', mode: credential.mode };
  }
}
