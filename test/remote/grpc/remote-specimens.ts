import type { ServerCredentials } from '@grpc/grpc-js';
import type { DynamicModule } from '@nestjs/common';
import { describe as descriptorOf } from '../../../src/contract/module.js';
import type { AnyOperationClass } from '../../../src/contract/operation.js';
import { Call } from '../../../src/pipeline/call.js';
import type { CallContext, Inbound } from '../../../src/pipeline/call-context.js';
import { RemoteExecutor } from '../../../src/pipeline/executor.js';
import { Pipeline } from '../../../src/pipeline/pipeline.js';
import type { PipelineOptions } from '../../../src/pipeline/pipeline.module.js';
import { OperationRegistry } from '../../../src/pipeline/registry.js';
import type { Tracer } from '../../../src/pipeline/tracer.js';
import { MemoryRateLimiter } from '../../../src/platform/cache/memory-rate-limiter.js';
import type { ResilienceChange } from '../../../src/platform/dynamic/resilience-settings.js';
import type { TokenIssuer } from '../../../src/platform/security/token-issuer.js';
import { GrpcServer } from '../../../src/protocols/grpc/grpc-server.js';
import { ProtoSchema } from '../../../src/protocols/grpc/proto-schema.js';
import { compileCodecs } from '../../../src/protocols/grpc/protobuf-codec.js';
import { StaticServiceDirectory } from '../../../src/remote/discovery/static-service-directory.js';
import { type ChannelSecurity, plainText } from '../../../src/remote/grpc/channel-security.js';
import type { WarnLogger } from '../../../src/remote/grpc/connection-log.js';
import { GrpcExecutor } from '../../../src/remote/grpc/grpc-executor.js';
import { ServiceCredentials } from '../../../src/remote/grpc/service-credentials.js';
import { Resilience } from '../../../src/remote/resilience/resilience.js';
import { specimens } from '../../fixtures/specimens/specimens.operations.js';
import { specimenProtos } from '../../fixtures/specimens/specimens.protos.js';
import { runCall } from '../../pipeline/run-call.js';
import { createSpecimenApplication, type SpecimenApplication } from '../../support/specimen-application.js';

interface OwnerOptions {
  readonly limits?: PipelineOptions['limits'];
  /** Of both processes. */
  readonly tracer?: Tracer;
  readonly credentials?: ServerCredentials;
}

interface RemoteOptions extends OwnerOptions {
  readonly security?: (addresses: Readonly<Record<string, string>>) => ChannelSecurity;
  /** By which the edge shows who it is, in place of those that the owner takes. */
  readonly tokens?: TokenIssuer;
  readonly logger?: WarnLogger;
  readonly resilience?: ResilienceChange;
  /** By the owner's port where the edge looks for it. */
  readonly target?: (port: string) => string;
}

/** A process with the handlers of the specimens, over gRPC. */
async function startOwner({ limits, tracer, credentials }: OwnerOptions) {
  let server: GrpcServer | undefined;
  const application = await createSpecimenApplication({
    ...(limits && { rateLimiter: new MemoryRateLimiter() }),
    pipeline: { ...(limits && { limits }), tracer },
    servers: (app) => {
      server = new GrpcServer({
        pipeline: app.get(Pipeline),
        operations: app.get(OperationRegistry).served('grpc'),
        host: '127.0.0.1',
        port: 0,
        reflection: false,
        messageBytes: 4_194_304,
        shutdownMs: 1_000,
        protos: specimenProtos,
        credentials,
      });
      return [server];
    },
  });
  return { application, address: `127.0.0.1:${server?.port}` };
}

class Remote {}

const remoteModule = (executor: RemoteExecutor): DynamicModule => ({
  module: Remote,
  global: true,
  providers: [{ provide: RemoteExecutor, useValue: executor }],
  exports: [RemoteExecutor],
});

export class RemoteSpecimens {
  private constructor(
    /** Has no handler. */
    readonly edge: SpecimenApplication,
    readonly owner: SpecimenApplication,
    readonly ownerAddress: string,
    /** The next call opens a new connection. */
    readonly reconnect: () => void,
    private readonly closeChannels: () => Promise<void>,
  ) {}

  static async start(options: RemoteOptions = {}): Promise<RemoteSpecimens> {
    const { application: owner, address } = await startOwner(options);
    const port = address.split(':')[1] as string;
    const addresses = { specimens: options.target?.(port) ?? address };
    const resilience = new Resilience(new StaticServiceDirectory(addresses), {
      timeoutMs: 60_000,
      ...options.resilience,
    });
    const executor = new GrpcExecutor({
      codecs: compileCodecs(specimens.operations, new ProtoSchema(specimenProtos)),
      owners: new Map([['specimens', 'specimens']]),
      resilience,
      security: options.security?.(addresses) ?? plainText,
      credentials: new ServiceCredentials(options.tokens ?? owner.tokens, 'edge'),
      logger: options.logger,
    });
    const edge = await createSpecimenApplication({
      handlers: [],
      imports: [remoteModule(executor)],
      pipeline: { placement: { serves: [specimens], runs: [] }, tracer: options.tracer },
    });
    const close = () => resilience.onApplicationShutdown();
    const reconnect = () => executor.onApplicationShutdown();
    return new RemoteSpecimens(edge, owner, address, reconnect, close);
  }

  begin(message: AnyOperationClass, inbound: Partial<Inbound> = {}): CallContext {
    return this.edge.pipeline.begin({ protocol: 'rest', address: '192.0.2.1', ...inbound }, descriptorOf(message));
  }

  /** As a transport of the edge does it. */
  execute(message: AnyOperationClass, input: object, call = this.begin(message)): Promise<unknown> {
    return runCall(this.edge.pipeline, new Call(descriptorOf(message), call, input, (value) => value));
  }

  async stop(): Promise<void> {
    await this.stopEdge();
    await this.owner.close();
  }

  async stopEdge(): Promise<void> {
    await this.edge.close();
    await this.closeChannels();
  }
}
