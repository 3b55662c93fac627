import type { FastifyInstance } from 'fastify';
import { RouteNotFound } from '../../contract/built-in-failures.js';
import type { Guard } from './guard.js';
import type { Resilience } from './resilience.js';
import { ResiliencePolicy } from './resilience-policy.js';

const view = (guard: Guard) => ({
  name: guard.name,
  state: guard.circuit.state,
  changed_at: guard.circuit.changedAt.toISOString(),
  ...guard.circuit.counts,
  openings: guard.circuit.transitions.OPEN,
  ...(guard instanceof ResiliencePolicy && { instances: guard.instances }),
});

/** `/health/circuit` and `/health/circuit/:name`. Throws RouteNotFound, for the error handler of `fastify`. */
export function registerCircuitRoutes(fastify: FastifyInstance, resilience: Resilience): void {
  fastify.get('/health/circuit', async () => ({ circuits: resilience.guards.map(view) }));
  fastify.get<{ Params: { name: string } }>('/health/circuit/:name', async ({ params: { name } }) => {
    const guard = resilience.guards.find((each) => each.name === name);
    if (!guard) throw new RouteNotFound({ detail: `There is no circuit "${name}"` });
    return view(guard);
  });
}
