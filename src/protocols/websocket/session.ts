import { Unimplemented } from '../../contract/built-in-failures.js';
import type { CallContext, Inbound } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { callFields, isJsonObject, type JsonObject } from '../json-rpc/call-fields.js';
import { errorObject } from '../json-rpc/error-object.js';
import type { Procedure } from '../json-rpc/procedures.js';
import type { JsonRpcRequest } from './json-rpc-request.js';
import { errorText, resultText } from './responses.js';
import { authenticateMethod, bearerOf } from './rpc-authenticate.js';

/** What is known of a peer from its upgrade request. */
export interface Handshake {
  readonly address: string;
  /** `Bearer …`. */
  readonly authorization: string | undefined;
  readonly traceparent: string | undefined;
  readonly locale: string | undefined;
}

export interface JsonRpcService {
  readonly pipeline: Pipeline;
  readonly methods: ReadonlyMap<string, Procedure>;
}

/** Takes the response; nothing for a notification. */
export type Reply = (response: string | undefined) => void;

/** Runs the calls of one connection under the identity it has at that moment. */
export class Session {
  readonly #calls = new Set<CallContext>();
  #authorization: string | undefined;

  constructor(
    private readonly handshake: Handshake,
    private readonly service: JsonRpcService,
  ) {
    this.#authorization = handshake.authorization;
  }

  execute(request: JsonRpcRequest, reply: Reply): void {
    const { pipeline, methods } = this.service;
    const procedure = methods.get(request.method);
    const { params, fields } = separate(request.params);
    const call = pipeline.begin(this.#inbound(fields), procedure?.operation);
    if (procedure) this.#call(procedure, call, request, params, reply);
    else if (request.method === authenticateMethod) this.#authenticate(call, request, params, reply);
    else this.#fail(new Unimplemented(), call, undefined, request, reply);
  }

  /** The peer is gone. */
  cancel(): void {
    for (const call of this.#calls) this.service.pipeline.cancel(call);
  }

  #call(procedure: Procedure, call: CallContext, request: JsonRpcRequest, params: unknown, reply: Reply): void {
    const { operation, decode, encode } = procedure;
    const { id } = request;
    const fail = (error: unknown) => this.#fail(error, call, procedure, request, reply);
    this.#calls.add(call);
    this.service.pipeline.execute(operation, call, params, decode).then((value) => {
      let response: string | undefined;
      try {
        response = id === undefined ? undefined : resultText(id, encode(value));
      } catch (error) {
        fail(error);
        return;
      }
      this.#calls.delete(call);
      reply(response);
    }, fail);
  }

  /** The new identity holds at once for what follows on the wire; the old one comes back if the token is refused. */
  #authenticate(call: CallContext, request: JsonRpcRequest, params: unknown, reply: Reply): void {
    const { pipeline } = this.service;
    const fail = (error: unknown) => this.#fail(error, call, undefined, request, reply);
    const former = this.#authorization;
    let authorization: string;
    try {
      authorization = bearerOf(params);
    } catch (error) {
      fail(error);
      return;
    }
    this.#authorization = authorization;
    pipeline.authenticate(pipeline.begin({ ...call.inbound, authorization })).then(
      () => reply(request.id === undefined ? undefined : resultText(request.id, {})),
      (error: unknown) => {
        if (this.#authorization === authorization) this.#authorization = former;
        fail(error);
      },
    );
  }

  #fail(
    error: unknown,
    call: CallContext,
    procedure: Procedure | undefined,
    { id }: JsonRpcRequest,
    reply: Reply,
  ): void {
    this.#calls.delete(call);
    const failure = this.service.pipeline.toFailure(error, call, procedure?.operation);
    reply(id === undefined ? undefined : errorText(id, errorObject(failure, call)));
  }

  #inbound(fields: JsonObject | undefined): Inbound {
    const { address, traceparent, locale } = this.handshake;
    const authorization = this.#authorization;
    if (!fields) return { protocol: 'websocket', address, authorization, traceparent, locale };
    const given = callFields(fields);
    return {
      protocol: 'websocket',
      address,
      authorization,
      locale,
      ...given,
      traceparent: given.traceparent ?? traceparent,
    };
  }
}

/** `_meta` belongs to the call, not to its input. Absent params are `{}`. */
function separate(given: unknown): { readonly params: unknown; readonly fields: JsonObject | undefined } {
  if (given === undefined) return { params: {}, fields: undefined };
  if (!isJsonObject(given) || !Object.hasOwn(given, '_meta')) return { params: given, fields: undefined };
  const { _meta, ...params } = given;
  return { params, fields: isJsonObject(_meta) ? _meta : undefined };
}
