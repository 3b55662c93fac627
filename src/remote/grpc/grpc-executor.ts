import type { Metadata, ServiceError } from '@grpc/grpc-js';
import type { Failure } from '../../contract/failure.js';
import { takesIdempotencyKey } from '../../contract/idempotency.js';
import type { OperationDescriptor } from '../../contract/module.js';
import type { Call } from '../../pipeline/call.js';
import { RemoteExecutor } from '../../pipeline/executor.js';
import { type Span, traced } from '../../pipeline/span.js';
import type { OperationCodec } from '../../protocols/grpc/protobuf-codec.js';
import type { Instance } from '../discovery/service-directory.js';
import { isUnsent } from '../resilience/outage.js';
import type { Resilience } from '../resilience/resilience.js';
import type { ResiliencePolicy } from '../resilience/resilience-policy.js';
import type { Attempt } from '../resilience/retried-call.js';
import { ConnectionTroubles, type TroublesLog } from './connection-troubles.js';
import type { InstanceChannels } from './instance-channels.js';
import { outgoingMetadata } from './outgoing-metadata.js';
import { isSenderRefused, remoteFailure } from './remote-failure.js';
import type { ServiceCredentials } from './service-credentials.js';
import { sendUnary } from './unary-request.js';

/** Where an operation runs and how it is put on the wire. */
interface Route {
  readonly service: string;
  readonly codec: OperationCodec;
  readonly policy: ResiliencePolicy;
}

export interface GrpcExecutorParts {
  /** Of all operations that run elsewhere. */
  readonly codecs: ReadonlyMap<OperationDescriptor, OperationCodec>;
  /** By module the service that runs it. */
  readonly homes: ReadonlyMap<string, string>;
  readonly resilience: Resilience;
  readonly channels: InstanceChannels;
  readonly credentials: ServiceCredentials;
  readonly logger?: TroublesLog;
}

/** Runs operations in the services that have their handlers, over gRPC. */
export class GrpcExecutor extends RemoteExecutor {
  readonly #routes = new Map<OperationDescriptor, Route>();
  readonly #troubles: ConnectionTroubles;

  /** Throws an Error that names the modules nobody runs. */
  constructor(private readonly parts: GrpcExecutorParts) {
    super();
    this.#troubles = new ConnectionTroubles(parts.logger);
    for (const [operation, codec] of parts.codecs) this.#routes.set(operation, this.#route(operation, codec));
  }

  override run(call: Call): Promise<unknown> {
    const { operation, context } = call;
    const route = this.#routes.get(operation);
    if (!route) return Promise.reject(new Error(`no service is known to run ${operation.id}`));
    if (context.lifetime.ended) return Promise.reject(context.lifetime.ended);
    const bearer = this.parts.credentials.bearer(route.service);
    const send = (proof: string) =>
      context.span ? this.#sendTraced(call, route, proof, context.span) : this.#send(call, route, proof);
    return typeof bearer === 'string' ? send(bearer) : bearer.then(send);
  }

  #sendTraced(call: Call, route: Route, bearer: string, parent: Span): Promise<unknown> {
    const { grpc } = call.operation.wire;
    return traced(parent, grpc.path.slice(1), 'client', (span) => {
      span.set('rpc.system', 'grpc');
      span.set('rpc.service', `${grpc.package}.${grpc.service}`);
      span.set('rpc.method', grpc.method);
      span.set('app.peer_service', route.service);
      return this.#send(call, route, bearer, span);
    });
  }

  async #send(call: Call, route: Route, bearer: string, span?: Span): Promise<unknown> {
    const { operation, context, idempotencyKey } = call;
    const { codec, policy } = route;
    const metadata = outgoingMetadata(call, bearer, span?.traceparent ?? context.trace.child());
    const request = codec.encodeRequest(call.input);
    const isSafe = operation.kind === 'query' || (idempotencyKey !== undefined && takesIdempotencyKey(operation));
    const { deadline, signal } = context.lifetime;
    let attempts = 0;
    const answer = await policy.execute({ deadline, signal, isSafe }, (attempt) => {
      span?.set('app.attempts', ++attempts);
      span?.set('network.peer.address', attempt.instance.address);
      return this.#ask(operation, route, attempt, { message: request, metadata });
    });
    return codec.decodeResponse(answer);
  }

  #ask(
    operation: OperationDescriptor,
    { service }: Route,
    { instance, deadline, signal }: Attempt,
    request: { readonly message: Buffer; readonly metadata: Metadata },
  ): Promise<Buffer> {
    const { path } = operation.wire.grpc;
    const explain = (error: ServiceError) => this.#failed(operation, error, service, instance);
    const client = this.parts.channels.of(service, instance);
    return sendUnary(client, { ...request, path, deadline, signal, explain });
  }

  #failed(operation: OperationDescriptor, error: ServiceError, service: string, { address }: Instance): Failure {
    const failure = remoteFailure(operation, error);
    if (isSenderRefused(error)) this.#troubles.refused(service, address, error.details);
    else if (isUnsent(failure)) this.#troubles.tell(service, address, error.details);
    return failure;
  }

  #route(operation: OperationDescriptor, codec: OperationCodec): Route {
    const { homes, resilience, channels } = this.parts;
    const service = homes.get(operation.module);
    if (service === undefined) throw new Error(`no service runs the module ${operation.module}`);
    const isReachable = (instance: Instance) => channels.isReachable(service, instance);
    return { service, codec, policy: resilience.policy(service, isReachable) };
  }
}
