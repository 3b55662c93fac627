import type { Encode } from '../../contract/json-codec.js';
import type { Call } from '../../pipeline/call.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { errorMember } from './error-object.js';

interface Place {
  readonly call: Call;
  index: number;
}

/** Takes the member `"result":…` or `"error":…` of an answer. */
export type Finish = (member: string) => void;

/** The calls of one connection. An array of places: adding to a Set and deleting costs a fifth of a whole call. */
export class ConnectionCalls {
  readonly #places: Place[] = [];

  /** `encode` is absent where nobody waits for the answer. */
  run(pipeline: Pipeline, call: Call, encode: Encode | undefined, finish: Finish): void {
    const place = { call, index: this.#places.length };
    this.#places.push(place);
    pipeline.run(call, {
      resolve: (value) => {
        this.#remove(place);
        finish(encode ? resultMember(value, encode, call, pipeline) : '');
      },
      reject: (failure) => {
        this.#remove(place);
        finish(errorMember(failure, call.context));
      },
    });
  }

  cancel(pipeline: Pipeline): void {
    for (const { call } of [...this.#places]) pipeline.cancel(call.context);
  }

  #remove({ index }: Place): void {
    const last = this.#places.pop();
    if (!last || last.index === index) return;
    last.index = index;
    this.#places[index] = last;
  }
}

function resultMember(value: unknown, encode: Encode, { operation, context }: Call, pipeline: Pipeline): string {
  try {
    return `"result":${JSON.stringify(encode(value))}`;
  } catch (error) {
    return errorMember(pipeline.toFailure(error, context, operation), context);
  }
}
