import { Unimplemented } from '../../contract/built-in-failures.js';
import { withFaults } from '../../contract/json-codec.js';
import { Call } from '../../pipeline/call.js';
import type { CallContext, Inbound } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { callFields, type JsonObject } from '../json-rpc/call-fields.js';
import { ConnectionCalls, type Finish } from '../json-rpc/connection-calls.js';
import { errorMember } from '../json-rpc/error-object.js';
import type { Procedure } from '../json-rpc/procedures.js';
import { Credentials } from './credentials.js';
import { type CallParams, type JsonRpcRequest, separateMeta } from './json-rpc-messages.js';
import { authenticateMethod, bearerOf } from './rpc-authenticate.js';

export interface Handshake {
  readonly address: string;
  readonly authorization: string | undefined;
  readonly traceparent: string | undefined;
}

export interface JsonRpcService {
  readonly pipeline: Pipeline;
  readonly methods: ReadonlyMap<string, Procedure>;
}

export class Session {
  readonly #calls = new ConnectionCalls();
  readonly #credentials: Credentials;

  constructor(
    private readonly handshake: Handshake,
    private readonly service: JsonRpcService,
  ) {
    this.#credentials = new Credentials(handshake.authorization);
  }

  execute({ id, method, params }: JsonRpcRequest, finish: Finish): void {
    const { pipeline, methods } = this.service;
    const procedure = methods.get(method);
    const given = separateMeta(params);
    const context = pipeline.begin(this.#inbound(given.fields), procedure?.operation);
    if (procedure) {
      const { operation, decode, encode } = procedure;
      const call = new Call(operation, context, given.params, withFaults(decode, given.faults));
      this.#calls.run(pipeline, call, id === undefined ? undefined : encode, finish);
    } else if (method === authenticateMethod) this.#authenticate(context, given, finish);
    else finish(errorMember(new Unimplemented(), context));
  }

  cancel(): void {
    this.#calls.cancel(this.service.pipeline);
  }

  /** Later calls use the new identity at once, and the old one again if the token is refused. */
  #authenticate(context: CallContext, { params, faults }: CallParams, finish: Finish): void {
    const { pipeline } = this.service;
    const fail = (error: unknown) => finish(errorMember(pipeline.toFailure(error, context), context));
    let authorization: string;
    try {
      authorization = bearerOf(params, faults);
    } catch (error) {
      fail(error);
      return;
    }
    const verdict = this.#credentials.replace(authorization);
    pipeline.authenticate(pipeline.begin({ ...context.inbound, authorization })).then(
      () => {
        verdict.accept();
        finish('"result":{}');
      },
      (error: unknown) => {
        verdict.refuse();
        fail(error);
      },
    );
  }

  #inbound(fields: JsonObject | undefined): Inbound {
    const { address, traceparent } = this.handshake;
    const { authorization } = this.#credentials;
    if (!fields) return { protocol: 'websocket', address, authorization, traceparent };
    const given = callFields(fields);
    return {
      protocol: 'websocket',
      address,
      authorization,
      ...given,
      traceparent: given.traceparent ?? traceparent,
    };
  }
}
