interface Happening {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Virtual time: events in order, nothing in between. Promises are given their turn after every event. */
export class World {
  private readonly heap: Happening[] = [];
  private count = 0;
  /** True time, epoch milliseconds. */
  time: number;

  constructor(start: number) {
    this.time = start;
  }

  /** @returns a function that calls it off. */
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
      await promisesRun();
    }
    this.time = end;
  }

  private push(item: Happening): void {
    const { heap } = this;
    heap.push(item);
    let index = heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(item, heap[parent] as Happening)) break;
      heap[index] = heap[parent] as Happening;
      index = parent;
    }
    heap[index] = item;
  }

  private pop(end: number): Happening | null {
    const { heap } = this;
    const first = heap[0];
    if (!first || first.at > end) return null;
    const last = heap.pop() as Happening;
    if (heap.length > 0) this.sink(last);
    return first;
  }

  private sink(item: Happening): void {
    const { heap } = this;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Happening, heap[child] as Happening))
        child += 1;
      if (!before(heap[child] as Happening, item)) break;
      heap[index] = heap[child] as Happening;
      index = child;
    }
    heap[index] = item;
  }
}

function before(a: Happening, b: Happening): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** All promise reactions run before the next tick, however many follow from one another. */
function promisesRun(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
