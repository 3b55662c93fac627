import type { Encode } from '../../contract/json-codec.js';
import type { Call } from '../../pipeline/call.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { errorMember } from './error-object.js';

interface Place {
  readonly call: Call;
  index: number;
}

/** Gets the member `"result":…` or `"error":…` of the response. */
export type Finish = (member: string) => void;

/** Running calls of one connection, in an array: a Set costs a fifth of a call. */
export class ConnectionCalls {
  readonly #places: Place[] = [];

  /** `encode` is absent when no response is expected. */
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
