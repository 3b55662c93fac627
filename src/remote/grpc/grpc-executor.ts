import type { ServiceError } from '@grpc/grpc-js';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Failure } from '../../contract/failure.js';
import type { OperationDescriptor } from '../../contract/module.js';
import type { Call } from '../../pipeline/call.js';
import { RemoteExecutor } from '../../pipeline/executor.js';
import { type Span, traced } from '../../pipeline/span.js';
import type { OperationCodec } from '../../protocols/grpc/protobuf-codec.js';
import type { Instance } from '../discovery/service-directory.js';
import { isUnsent } from '../resilience/outage.js';
import type { Resilience } from '../resilience/resilience.js';
import type { ResiliencePolicy, SendTo } from '../resilience/resilience-policy.js';
import type { ChannelSecurity } from './channel-security.js';
import { ConnectionLog, type WarnLogger } from './connection-log.js';
import { InstanceChannels } from './instance-channels.js';
import { isSenderRefused, remoteFailure } from './remote-failure.js';
import { requestHeaders } from './request-headers.js';
import type { ServiceCredentials } from './service-credentials.js';
import { UnaryStream } from './unary-stream.js';

interface Route {
  readonly service: string;
  readonly codec: OperationCodec;
  readonly policy: ResiliencePolicy;
  readonly channels: InstanceChannels;
}

interface GrpcExecutorParts {
  readonly codecs: ReadonlyMap<OperationDescriptor, OperationCodec>;
  /** Module name to service. */
  readonly owners: ReadonlyMap<string, string>;
  readonly resilience: Resilience;
  readonly security: ChannelSecurity;
  readonly credentials: ServiceCredentials;
  readonly logger?: WarnLogger;
}

export class GrpcExecutor extends RemoteExecutor implements OnApplicationShutdown {
  readonly #channels = new Map<string, InstanceChannels>();
  readonly #routes = new Map<OperationDescriptor, Route>();
  readonly #log: ConnectionLog;

  constructor(private readonly parts: GrpcExecutorParts) {
    super();
    const { codecs, owners, resilience, security, logger } = parts;
    this.#log = new ConnectionLog(logger);
    for (const [operation, codec] of codecs) {
      const service = owners.get(operation.module);
      if (service === undefined) throw new Error(`no service runs the module ${operation.module}`);
      const channels = this.#channels.getOrInsertComputed(service, () => new InstanceChannels(service, security));
      const policy = resilience.policy(service, channels);
      this.#routes.set(operation, { service, codec, policy, channels });
    }
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

  onApplicationShutdown(): void {
    for (const channels of this.#channels.values()) channels.keep([]);
    this.parts.security.close();
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
    const { service, codec, policy, channels } = route;
    const { operation, context, idempotencyKey } = call;
    const { path } = operation.wire.grpc;
    const headers = requestHeaders(call, bearer, span?.traceparent ?? context.trace.child());
    const message = codec.encodeRequest(call.input);
    const isSafe = operation.kind === 'query' || (idempotencyKey !== undefined && operation.takesIdempotencyKey);
    let attempts = 0;
    const sendTo: SendTo<Buffer> = (instance, attempt) => {
      span?.set('app.attempts', ++attempts);
      span?.set('network.peer.address', instance.address);
      const stream = new UnaryStream({
        path,
        message,
        headers,
        deadline: attempt.deadline,
        explain: (error) => this.#failed(operation, error, service, instance),
      });
      attempt.onEnd(() => stream.cancel());
      channels.of(instance).send(stream);
      return stream.answer;
    };
    return codec.decodeResponse(await policy.execute({ lifetime: context.lifetime, isSafe }, sendTo));
  }

  #failed(operation: OperationDescriptor, error: ServiceError, service: string, { address }: Instance): Failure {
    const failure = remoteFailure(operation, error);
    if (isSenderRefused(error)) this.#log.tokenRefused(service, address, error.details);
    else if (isUnsent(failure)) this.#log.noConnection(service, address, error.details);
    return failure;
  }
}
