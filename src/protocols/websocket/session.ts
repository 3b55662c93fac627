import type { Inbound } from '../../pipeline/call-context.js';
import { errorMember } from '../json-rpc/error-object.js';
import type { Finish, Procedures } from '../json-rpc/procedures.js';
import { callFields, type JsonObject } from '../request-values.js';
import { Credentials } from './credentials.js';
import { type CallParams, type JsonRpcRequest, separateMeta } from './json-rpc-messages.js';
import { authenticateMethod, bearerOf } from './rpc-authenticate.js';

export class Session {
  readonly #credentials: Credentials;

  constructor(
    private readonly handshake: Inbound,
    private readonly procedures: Procedures,
  ) {
    this.#credentials = new Credentials(handshake.authorization);
  }

  execute({ id, method, params: given }: JsonRpcRequest, finish: Finish): void {
    const { params, fields, faults } = separateMeta(given);
    const inbound = this.#inbound(fields);
    if (method === authenticateMethod) void this.#authenticate(inbound, { params, faults }).then(finish);
    else this.procedures.call(inbound, { name: method, params, faults, isAnswered: id !== undefined }, finish);
  }

  /** Later calls use the new identity at once, and the old one again if the token is refused. */
  async #authenticate(inbound: Inbound, { params, faults }: Pick<CallParams, 'params' | 'faults'>): Promise<string> {
    const { pipeline } = this.procedures;
    const context = pipeline.begin(inbound);
    try {
      const authorization = bearerOf(params, faults);
      const verification = pipeline.authenticate(pipeline.begin({ ...inbound, authorization }));
      await this.#credentials.replace(authorization, verification);
      return '"result":{}';
    } catch (error) {
      return errorMember(pipeline.toFailure(error, context), context);
    }
  }

  /** `_meta` applies to one call, the handshake to all. */
  #inbound(fields: JsonObject | undefined): Inbound {
    const inbound = { ...this.handshake, authorization: this.#credentials.authorization };
    if (!fields) return inbound;
    const given = callFields(fields);
    return { ...inbound, ...given, traceparent: given.traceparent ?? inbound.traceparent };
  }
}
