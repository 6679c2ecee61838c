/**
 * Runs one piece of work at a time. Callers that come while it runs share its promise, and so its result or error; the
 * next call after it has ended begins again.
 */
export class SingleFlight<T> {
  private running: Promise<T> | null = null;

  /** The work under way; `null` when there is none. */
  get current(): Promise<T> | null {
    return this.running;
  }

  run(work: () => Promise<T>): Promise<T> {
    this.running ??= work().finally(() => {
      this.running = null;
    });
    return this.running;
  }
}

/** Runs the same work one at a time; any number of requests during a run is followed by one more run. */
export class CoalescedRuns {
  private requested = false;
  private running: Promise<void> | null = null;

  /** @param work must not reject. */
  constructor(private readonly work: () => Promise<unknown>) {}

  /** Resolves when no run is under way; `null` when none is. */
  get current(): Promise<void> | null {
    return this.running;
  }

  request(): void {
    this.requested = true;
    this.running ??= this.run();
  }

  private async run(): Promise<void> {
    while (this.requested) {
      this.requested = false;
      await this.work();
    }
    // In the same tick as the last check, so that no request is lost in between.
    this.running = null;
  }
}

/** Resolves when the work has ended, with or without an error. */
export function settled(work: Promise<unknown>): Promise<void> {
  return work.then(
    () => undefined,
    () => undefined,
  );
}

/** The error with which the work ends; `null` when it succeeds. */
export function failureOf(work: Promise<unknown>): Promise<Error | null> {
  return work.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}
