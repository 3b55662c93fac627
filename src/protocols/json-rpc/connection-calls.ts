import type { CallContext } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';

/** Where a call is kept. */
export interface Place {
  readonly call: CallContext;
  index: number;
}

/** The calls of one connection. An array of places: adding to a Set and deleting costs a fifth of a whole call. */
export class ConnectionCalls {
  readonly #places: Place[] = [];

  add(call: CallContext): Place {
    const place = { call, index: this.#places.length };
    this.#places.push(place);
    return place;
  }

  /** The last one moves into the gap. */
  remove({ index }: Place): void {
    const last = this.#places.pop();
    if (!last || last.index === index) return;
    last.index = index;
    this.#places[index] = last;
  }

  cancel(pipeline: Pipeline): void {
    for (const { call } of [...this.#places]) pipeline.cancel(call);
  }
}
