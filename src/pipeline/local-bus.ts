import { describe } from '../contract/module.js';
import type { AnyOperationClass, Operation, OutputOf } from '../contract/operation.js';
import { Bus, type ExecuteOptions } from '../ports/bus.js';
import { CallContext, currentCall } from './call-context.js';
import type { Owner } from './owner.js';
import type { Principals } from './principal.js';
import { validate } from './validate.js';

const asIs = (value: unknown): unknown => value;

interface BusSettings {
  /** Of this process, as other services know it. */
  readonly serviceName: string;
  readonly deadlineMs: number;
}

/** The bus that handlers use: nested calls inherit the identity, trace and deadline of the call they serve. */
export class LocalBus extends Bus {
  readonly #service: LocalBus | undefined;

  constructor(
    private readonly owner: Owner,
    private readonly principals: Principals,
    private readonly settings: BusSettings,
    actsAsService = false,
  ) {
    super();
    this.#service = actsAsService ? undefined : new LocalBus(owner, principals, settings, true);
  }

  override get asService(): Bus {
    return this.#service ?? this;
  }

  override async execute<M extends Operation>(
    message: M,
    { idempotencyKey }: ExecuteOptions = {},
  ): Promise<OutputOf<M>> {
    const operation = describe(message.constructor as AnyOperationClass);
    const outer = currentCall();
    if (outer?.transaction !== undefined) {
      throw new Error(
        `${operation.id} called inside uow.run: it could not be part of the transaction in every topology`,
      );
    }
    const call = this.#nested(outer);
    const decision = call.principal.authorize(operation);
    const input = validate(operation, message.input, asIs);
    return (await this.owner.run(operation, call, decision, input, idempotencyKey)) as OutputOf<M>;
  }

  #nested(outer: CallContext | undefined): CallContext {
    const principal =
      this.#service === undefined ? this.principals.service(this.settings.serviceName) : outer?.principal;
    const changes = { idempotency: undefined, rowAccess: { consulted: false }, ...(principal && { principal }) };
    return (outer ?? this.#background()).fork(changes);
  }

  #background(): CallContext {
    const inbound = { protocol: 'grpc', address: 'local' } as const;
    return new CallContext(inbound, this.principals.anonymous, Date.now() + this.settings.deadlineMs);
  }
}
