import { onAbort } from '../abort-listeners';

/**
 * Lets concurrent callers that need the same result share one piece of work (single flight). An abort ends only the
 * wait of its own caller; the work is aborted with its last caller. Work that has ended, with a result or an error, is
 * never shared again.
 */
export class SharedFlights<T> {
  private readonly flights = new Map<string, Flight<T>>();

  /** Rejects as the work does, or with the reason of the caller's signal. */
  async join(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const flight = this.flights.get(key) ?? this.start(key, work);
    flight.passengers += 1;
    if (!signal) return flight.landing;
    return new Promise((resolve, reject) => {
      const release = onAbort(signal, () => {
        reject(signal.reason as Error);
        this.leave(key, flight, signal.reason);
      });
      flight.landing.then(resolve, reject).finally(release);
    });
  }

  private start(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const landing = work(controller.signal).finally(() => {
      this.forget(key, flight);
    });
    const flight: Flight<T> = { landing, controller, passengers: 0 };
    this.flights.set(key, flight);
    return flight;
  }

  private leave(key: string, flight: Flight<T>, reason: unknown): void {
    flight.passengers -= 1;
    if (flight.passengers > 0) return;
    this.forget(key, flight);
    flight.controller.abort(reason);
  }

  private forget(key: string, flight: Flight<T>): void {
    if (this.flights.get(key) === flight) this.flights.delete(key);
  }
}

interface Flight<T> {
  readonly landing: Promise<T>;
  readonly controller: AbortController;
  passengers: number;
}
