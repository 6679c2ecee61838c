interface ScheduledEvent {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Virtual time: events in order, nothing in between. Promise reactions run after every event. */
export class VirtualScheduler {
  private readonly heap: ScheduledEvent[] = [];
  private count = 0;
  /** True time, epoch milliseconds. */
  time: number;

  constructor(start: number) {
    this.time = start;
  }

  /** @returns a function that cancels it. */
  at(moment: number, run: () => void): () => void {
    let valid = true;
    this.push({
      at: Math.max(moment, this.time),
      order: (this.count += 1),
      run: () => {
        if (valid) run();
      },
    });
    return () => {
      valid = false;
    };
  }

  after(delayMs: number, run: () => void): () => void {
    return this.at(this.time + delayMs, run);
  }

  async runUntil(end: number): Promise<void> {
    await Promise.resolve();
    for (let next = this.pop(end); next; next = this.pop(end)) {
      this.time = next.at;
      next.run();
      await promisesSettled();
    }
    this.time = end;
  }

  private push(item: ScheduledEvent): void {
    const { heap } = this;
    heap.push(item);
    let index = heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(item, heap[parent] as ScheduledEvent)) break;
      heap[index] = heap[parent] as ScheduledEvent;
      index = parent;
    }
    heap[index] = item;
  }

  private pop(end: number): ScheduledEvent | null {
    const { heap } = this;
    const first = heap[0];
    if (!first || first.at > end) return null;
    const last = heap.pop() as ScheduledEvent;
    if (heap.length > 0) this.sink(last);
    return first;
  }

  private sink(item: ScheduledEvent): void {
    const { heap } = this;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as ScheduledEvent, heap[child] as ScheduledEvent))
        child += 1;
      if (!before(heap[child] as ScheduledEvent, item)) break;
      heap[index] = heap[child] as ScheduledEvent;
      index = child;
    }
    heap[index] = item;
  }
}

function before(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** All promise reactions run before the next tick, however many follow from one another. */
function promisesSettled(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
