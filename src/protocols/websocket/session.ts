import type { Inbound } from '../../pipeline/call-context.js';
import { errorMember } from '../json-rpc/error-object.js';
import type { Finish, Procedures } from '../json-rpc/procedures.js';
import { withFields } from '../request-values.js';
import { type CallParams, type JsonRpcRequest, separateMeta } from './json-rpc-messages.js';
import { authenticateMethod, bearerOf } from './rpc-authenticate.js';

export class Session {
  /** The first has the last accepted token, the others have tokens not verified yet. The last one is used. */
  #handshakes: Inbound[];

  constructor(
    handshake: Inbound,
    private readonly procedures: Procedures,
  ) {
    this.#handshakes = [handshake];
  }

  execute({ id, method, params: given }: JsonRpcRequest, finish: Finish): void {
    const { params, fields, issues } = separateMeta(given);
    const handshake = this.#handshakes.at(-1) as Inbound;
    const inbound = fields ? withFields(handshake, fields) : handshake;
    if (method === authenticateMethod) void this.#authenticate(inbound, { params, issues }).then(finish);
    else this.procedures.call(inbound, { name: method, params, issues, isAnswered: id !== undefined }, finish);
  }

  async #authenticate(inbound: Inbound, { params, issues }: Pick<CallParams, 'params' | 'issues'>): Promise<string> {
    const { pipeline } = this.procedures;
    const context = pipeline.begin(inbound);
    try {
      const authorization = bearerOf(params, issues);
      await this.#use(authorization, pipeline.authenticate(pipeline.begin({ ...inbound, authorization })));
      return '"result":{}';
    } catch (error) {
      return errorMember(pipeline.toFailure(error, context), context);
    }
  }

  /** Uses the token at once, and the earlier one again if `verification` rejects. Several may run at a time. */
  async #use(authorization: string, verification: Promise<void>): Promise<void> {
    const given = { ...(this.#handshakes[0] as Inbound), authorization };
    this.#handshakes.push(given);
    try {
      await verification;
      this.#handshakes.splice(0, this.#handshakes.indexOf(given));
    } catch (error) {
      this.#handshakes = this.#handshakes.filter((handshake) => handshake !== given);
      throw error;
    }
  }
}
