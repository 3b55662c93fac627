import type { FastifyInstance } from 'fastify';
import { RouteNotFound } from '../../contract/built-in-failures.js';
import type { Circuit } from './circuit.js';
import type { Resilience } from './resilience.js';

const view = ({ name, state, changedAt, counts }: Circuit) => ({
  name,
  state,
  changed_at: changedAt.toISOString(),
  ...counts,
});

/** `/health/circuit` and `/health/circuit/:name`. Throws RouteNotFound, for the error handler of `fastify`. */
export function registerCircuitRoutes(fastify: FastifyInstance, resilience: Resilience): void {
  const find = (name: string) => resilience.circuits.find((circuit) => circuit.name === name);
  const instances = (name: string) => resilience.policies.find(({ service }) => service === name)?.instances;
  const detailed = (circuit: Circuit) => ({ ...view(circuit), instances: instances(circuit.name) });
  fastify.get('/health/circuit', async () => ({ circuits: resilience.circuits.map(detailed) }));
  fastify.get<{ Params: { name: string } }>('/health/circuit/:name', async ({ params: { name } }) => {
    const circuit = find(name);
    if (!circuit) throw new RouteNotFound({ detail: `There is no circuit "${name}"` });
    return detailed(circuit);
  });
}
