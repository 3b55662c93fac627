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
const noAnswer: Encode = () => '';
const noIssues: readonly Issue[] = [];

const procedureOf = (operation: OperationDescriptor) => {
  const result = operation.output ? jsonEncoder(operation.output) : emptyResult;
  return {
    operation,
    decode: jsonDecoder(operation.input),
    encode: (output: unknown) => `"result":${JSON.stringify(result(output))}`,
  };
};

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
    call.encode = isAnswered ? encode : noAnswer;
    pipeline.run(call, {
      resolve: (member) => finish(member as string, operation),
      reject: (failure) => finish(errorMember(failure, context), operation),
    });
  }
}
