import { type DynamicModule, Global, Module, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { ModuleContract } from '../../src/contract/module.js';
import { IdempotencyLog } from '../../src/pipeline/idempotency.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { type PipelineOptions, pipelineModule } from '../../src/pipeline/pipeline.module.js';
import { Pressure } from '../../src/pipeline/pressure.js';
import { OperationRegistry } from '../../src/pipeline/registry.js';
import { TokenVerifier } from '../../src/pipeline/token-verifier.js';
import { JoseTokenVerifier } from '../../src/platform/security/jose-token-verifier.js';
import { TokenIssuer } from '../../src/platform/security/token-issuer.js';
import { loadTokenKeys } from '../../src/platform/security/token-keys.js';
import { FeatureFlags } from '../../src/ports/feature-flags.js';
import { RateLimiter } from '../../src/ports/rate-limiter.js';
import { RevocationLog, Revocations } from '../../src/ports/revocations.js';
import { UnitOfWork } from '../../src/ports/unit-of-work.js';
import { createHttpAdapter, type HttpOptions } from '../../src/protocols/http/http-adapter.js';
import { ProblemFilter } from '../../src/protocols/http/problem.filter.js';
import { RouteTable } from '../../src/protocols/http/route-table.js';
import { specimenHandlers } from '../fixtures/specimens/specimens.handlers.js';
import { specimens } from '../fixtures/specimens/specimens.operations.js';
import { MemoryIdempotencyLog } from '../memory/memory-idempotency-log.js';
import { MemoryPressure } from '../memory/memory-pressure.js';
import { MemoryRevocations } from '../memory/memory-revocations.js';
import { MemoryUnitOfWork } from '../memory/memory-unit-of-work.js';

/** Of a protocol with a port of its own. */
interface Server {
  listen(): Promise<void>;
  close(): Promise<void>;
}

export interface SpecimenOptions {
  readonly imports?: readonly DynamicModule[];
  readonly providers?: readonly Provider[];
  /** Before `app.init()`: register Fastify plugins. */
  readonly configure?: (app: NestFastifyApplication) => void | Promise<void>;
  /** They listen after `app.init()` and close with the application. */
  readonly servers?: (app: NestFastifyApplication) => readonly Server[];
  readonly modules?: readonly ModuleContract[];
  readonly handlers?: readonly Provider[];
  readonly pipeline?: Partial<PipelineOptions>;
  readonly rateLimiter?: RateLimiter;
  readonly bodyBytes?: number;
  readonly http?: Partial<HttpOptions>;
  readonly flags?: FeatureFlags;
  readonly pressure?: Pressure;
}

export interface SpecimenApplication {
  /** Initialized, not yet listening. */
  readonly app: NestFastifyApplication;
  readonly pipeline: Pipeline;
  readonly registry: OperationRegistry;
  readonly tokens: TokenIssuer;
  /** An access token that this application accepts. */
  token(role: 'USER' | 'ADMIN', userId?: string): Promise<string>;
  /** A service token for `x-service-authorization`. */
  serviceToken(): Promise<string>;
  get<T>(type: Type<T> | (abstract new (...args: never[]) => T)): T;
  close(): Promise<void>;
}

const settings = { issuer: 'specimens', audience: 'specimens', accessTokenSeconds: 900 };
const asDeclared: FeatureFlags = { isOn: ({ fallback }) => fallback };
const anyRate = { quota: 1_000, windowSeconds: 1 };

@Global()
@Module({})
class MemoryPlatform {}

/** The whole pipeline over memory adapters, serving the specimens: for the tests of one protocol. */
export async function createSpecimenApplication(options: SpecimenOptions = {}): Promise<SpecimenApplication> {
  const secret = 'a secret of the tests, long enough for HS256';
  const keys = await loadTokenKeys({ ...settings, secret, publicKeyFiles: [], refreshTokenSeconds: 3_600 });
  const issuer = new TokenIssuer(keys, settings);
  const log = new MemoryIdempotencyLog();
  const platform: DynamicModule = {
    module: MemoryPlatform,
    providers: [
      { provide: TokenVerifier, useValue: new JoseTokenVerifier(keys, { ...settings, service: 'specimens' }) },
      { provide: Revocations, useValue: new MemoryRevocations() },
      { provide: RevocationLog, useExisting: Revocations },
      { provide: RateLimiter, useValue: options.rateLimiter ?? {} },
      { provide: FeatureFlags, useValue: options.flags ?? asDeclared },
      { provide: Pressure, useValue: options.pressure ?? new MemoryPressure() },
      { provide: IdempotencyLog, useValue: log },
      { provide: UnitOfWork, useValue: new MemoryUnitOfWork(log) },
      ...(options.providers ?? []),
    ],
    exports: [
      TokenVerifier,
      Revocations,
      RevocationLog,
      RateLimiter,
      FeatureFlags,
      Pressure,
      IdempotencyLog,
      UnitOfWork,
    ],
  };
  const pipeline = pipelineModule({
    modules: options.modules ?? [specimens],
    serviceName: 'specimens',
    deadlineMs: 60_000,
    limits: { enabled: options.rateLimiter !== undefined, address: anyRate, caller: anyRate, operations: {} },
    ...options.pipeline,
  });

  class Specimens {}
  const root: DynamicModule = {
    module: Specimens,
    imports: [platform, pipeline, ...(options.imports ?? [])],
    providers: [...(options.handlers ?? specimenHandlers)],
  };
  const adapter = createHttpAdapter({
    bodyBytes: options.bodyBytes ?? 1_048_576,
    trustedProxies: [],
    ...options.http,
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: false,
  });
  const routes = new RouteTable(app.getHttpAdapter().getInstance() as unknown as FastifyInstance);
  app.useGlobalFilters(new ProblemFilter(app.get(Pipeline), routes));
  await options.configure?.(app);
  const servers = options.servers?.(app) ?? [];
  await app.init();
  await Promise.all(servers.map((server) => server.listen()));
  return {
    app,
    pipeline: app.get(Pipeline),
    registry: app.get(OperationRegistry),
    tokens: issuer,
    token: async (role, userId = crypto.randomUUID()) =>
      (await issuer.issue({ userId, sessionId: crypto.randomUUID(), role })).token,
    serviceToken: async () => (await issuer.issueServiceToken({ service: 'inspectors', audience: 'specimens' })).token,
    get: (type) => app.get(type as Type),
    close: async () => {
      await Promise.all([app.close(), ...servers.map((server) => server.close())]);
    },
  };
}
