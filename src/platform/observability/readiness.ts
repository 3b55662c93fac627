import type { FastifyInstance } from 'fastify';

export interface HealthCheck {
  readonly name: string;
  check(): Promise<void>;
}

export interface CheckResult {
  readonly name: string;
  readonly status: 'UP' | 'DOWN';
  readonly error?: string;
}

export class Readiness {
  draining = false;

  constructor(
    private readonly checks: readonly HealthCheck[],
    private readonly timeoutMs = 2_000,
  ) {}

  results(): Promise<CheckResult[]> {
    return Promise.all(this.checks.map((check) => result(check, this.timeoutMs)));
  }
}

async function result(dependency: HealthCheck, timeoutMs: number): Promise<CheckResult> {
  const { name } = dependency;
  const tooLate = Promise.withResolvers<never>();
  const timer = setTimeout(() => tooLate.reject(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
  try {
    await Promise.race([dependency.check(), tooLate.promise]);
    return { name, status: 'UP' };
  } catch (error) {
    return { name, status: 'DOWN', error: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** `/health/live`, `/health/ready` and `/health`, without rate limits. */
export function registerHealth(fastify: FastifyInstance, readiness: Readiness, service: string): void {
  const report = async () => {
    const checks = await readiness.results();
    const { draining } = readiness;
    const isReady = !draining && checks.every(({ status }) => status === 'UP');
    return { code: isReady ? 200 : 503, status: isReady ? 'UP' : 'DOWN', service, draining, checks };
  };
  fastify.get('/health/live', async () => ({ status: 'UP' }));
  fastify.get('/health/ready', async (_request, reply) => {
    const { code, status } = await report();
    return reply.code(code).send({ status });
  });
  fastify.get('/health', async (_request, reply) => {
    const { code, ...body } = await report();
    return reply.code(code).send({ ...body, uptime_seconds: Math.round(process.uptime()) });
  });
}
