import { Unimplemented } from '../../contract/built-in-failures.js';
import { withFaults } from '../../contract/json-codec.js';
import type { OperationDescriptor } from '../../contract/module.js';
import { Call } from '../../pipeline/call.js';
import type { CallContext, Inbound } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { callFields, type JsonObject } from '../json-rpc/call-fields.js';
import { ConnectionCalls } from '../json-rpc/connection-calls.js';
import { errorObject } from '../json-rpc/error-object.js';
import type { ExactId } from '../json-rpc/exact-id.js';
import type { Procedure } from '../json-rpc/procedures.js';
import { type CallParams, separate } from './call-params.js';
import { Credentials } from './credentials.js';
import type { JsonRpcRequest } from './json-rpc-request.js';
import { errorText, resultText } from './responses.js';
import { authenticateMethod, bearerOf } from './rpc-authenticate.js';

/** What is known of a peer from its upgrade request. */
export interface Handshake {
  readonly address: string;
  /** `Bearer …`. */
  readonly authorization: string | undefined;
  readonly traceparent: string | undefined;
}

export interface JsonRpcService {
  readonly pipeline: Pipeline;
  readonly methods: ReadonlyMap<string, Procedure>;
}

type Id = ExactId | undefined;

/** Takes the response; nothing for a notification. */
export type Reply = (response: string | undefined) => void;

/** Runs the calls of one connection under the identity it has at that moment. */
export class Session {
  readonly #calls = new ConnectionCalls();
  readonly #credentials: Credentials;

  constructor(
    private readonly handshake: Handshake,
    private readonly service: JsonRpcService,
  ) {
    this.#credentials = new Credentials(handshake.authorization);
  }

  execute({ id, method, params }: JsonRpcRequest, reply: Reply): void {
    const { pipeline, methods } = this.service;
    const procedure = methods.get(method);
    const given = separate(params);
    const call = pipeline.begin(this.#inbound(given.fields), procedure?.operation);
    if (procedure) this.#call(procedure, call, id, given, reply);
    else if (method === authenticateMethod) this.#authenticate(call, id, given, reply);
    else this.#fail(new Unimplemented(), call, id, reply);
  }

  /** The peer is gone. */
  cancel(): void {
    this.#calls.cancel(this.service.pipeline);
  }

  #call(procedure: Procedure, call: CallContext, id: Id, { params, faults }: CallParams, reply: Reply): void {
    const { operation, decode, encode } = procedure;
    const place = this.#calls.add(call);
    this.service.pipeline.execute(new Call(operation, call, params, withFaults(decode, faults))).then(
      (value) => {
        this.#calls.remove(place);
        let response: string | undefined;
        try {
          response = id === undefined ? undefined : resultText(id, encode(value));
        } catch (error) {
          this.#fail(error, call, id, reply, operation);
          return;
        }
        reply(response);
      },
      (error: unknown) => {
        this.#calls.remove(place);
        this.#fail(error, call, id, reply, operation);
      },
    );
  }

  /** The new identity holds at once for what follows on the wire; the old one comes back if the token is refused. */
  #authenticate(call: CallContext, id: Id, { params, faults }: CallParams, reply: Reply): void {
    const { pipeline } = this.service;
    let authorization: string;
    try {
      authorization = bearerOf(params, faults);
    } catch (error) {
      this.#fail(error, call, id, reply);
      return;
    }
    const verdict = this.#credentials.replace(authorization);
    pipeline.authenticate(pipeline.begin({ ...call.inbound, authorization })).then(
      () => {
        verdict.accept();
        reply(id === undefined ? undefined : resultText(id, {}));
      },
      (error: unknown) => {
        verdict.refuse();
        this.#fail(error, call, id, reply);
      },
    );
  }

  #fail(error: unknown, call: CallContext, id: Id, reply: Reply, operation?: OperationDescriptor): void {
    const failure = this.service.pipeline.toFailure(error, call, operation);
    reply(id === undefined ? undefined : errorText(id, errorObject(failure, call)));
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
