import { Unimplemented } from '../../contract/built-in-failures.js';
import type { Issue } from '../../contract/failure.js';
import { type Encode, jsonDecoder, jsonEncoder, withIssues } from '../../contract/json-codec.js';
import type { OperationDescriptor, WireNames } from '../../contract/module.js';
import { Call } from '../../pipeline/call.js';
import type { Inbound } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { errorMember } from './error-object.js';

export interface ProcedureCall {
  readonly name: string;
  readonly params: unknown;
  /** Of the message around the params. */
  readonly issues?: readonly Issue[];
  readonly isAnswered: boolean;
}

/** Gets the member `"result":…` or `"error":…` of the response; `''` when the call is not answered. */
export type Finish = (member: string, operation?: OperationDescriptor) => void;

const emptyResult: Encode = () => ({});
const noIssues: readonly Issue[] = [];

/** The result is `{}` for an empty output. */
const procedureOf = (operation: OperationDescriptor) => ({
  operation,
  decode: jsonDecoder(operation.input),
  encode: operation.output ? jsonEncoder(operation.output) : emptyResult,
});

export class Procedures {
  readonly #byName: ReadonlyMap<string, ReturnType<typeof procedureOf>>;

  constructor(
    readonly pipeline: Pipeline,
    operations: readonly OperationDescriptor[],
    nameOf: (wire: WireNames) => string,
  ) {
    this.#byName = new Map(operations.map((operation) => [nameOf(operation.wire), procedureOf(operation)]));
  }

  call(inbound: Inbound, { name, params, issues = noIssues, isAnswered }: ProcedureCall, finish: Finish): void {
    const { pipeline } = this;
    const procedure = this.#byName.get(name);
    const context = pipeline.begin(inbound, procedure?.operation);
    if (!procedure) {
      finish(errorMember(new Unimplemented(), context));
      return;
    }
    const { operation, decode, encode } = procedure;
    const call = new Call(operation, context, params, withIssues(decode, issues));
    pipeline.run(call, {
      resolve: (value) => finish(isAnswered ? resultMember(value, encode, call, pipeline) : '', operation),
      reject: (failure) => finish(errorMember(failure, context), operation),
    });
  }
}

function resultMember(value: unknown, encode: Encode, { operation, context }: Call, pipeline: Pipeline): string {
  try {
    return `"result":${JSON.stringify(encode(value))}`;
  } catch (error) {
    return errorMember(pipeline.toFailure(error, context, operation), context);
  }
}
