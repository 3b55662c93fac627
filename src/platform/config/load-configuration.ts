import { z } from 'zod';
import { type Protocol, protocols } from '../../contract/operation.js';
import type { Configuration } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { grouped } from './grouped.js';
import { ratesOf } from './rates.js';
import { addressVariables } from './remote-variables.js';
import { contradictions, type Given, productionProblems } from './requirements.js';
import { type ServiceDefaults, type Services, servedProtocols } from './service-defaults.js';
import type { Variable } from './variable.js';
import { type Values, variables } from './variables.js';

const monolith: Services = { monolith: { httpPort: 3000, protocols } };

type Table = Readonly<Record<string, Variable>>;

/**
 * The configuration that `env` describes, frozen; `services` are the values that SERVICE_NAME may take, `operations` the
 * wire names that RATE_LIMITS may use, any where it is absent.
 * Throws one ConfigurationError with every problem there is.
 */
export function loadConfiguration(
  env: NodeJS.ProcessEnv,
  services = monolith,
  operations?: ReadonlySet<string>,
): Configuration {
  const table: Table = { ...variables, ...addressVariables(services) };
  const given = settings(env, table);
  const parsed = read(table, given, operations);
  const serviceName = given.SERVICE_NAME ?? variables.SERVICE_NAME.default;
  const service = Object.hasOwn(services, serviceName) ? services[serviceName] : undefined;
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => described(issue, given, table)),
    ...(service === undefined ? [unknownService(serviceName, Object.keys(services))] : []),
    ...contradictions(given),
    ...(given.NODE_ENV === 'production' ? productionProblems(given, service, protocolsOf(given, service)) : []),
  ];
  if (problems.length > 0 || service === undefined) throw new ConfigurationError(problems);
  return grouped(parsed.data as Values, given, service, services);
}

/** An empty variable is one that is not set: `REDIS_URL=` in a file or a manifest. */
function settings(env: NodeJS.ProcessEnv, table: Table): Given {
  const present = Object.keys(table).filter((name) => env[name] !== undefined && env[name]?.trim() !== '');
  return Object.fromEntries(present.map((name) => [name, env[name]?.trim()]));
}

function read(table: Table, given: Given, operations: ReadonlySet<string> | undefined) {
  const schemas = Object.entries(table).map(([name, { schema }]) => [name, schema]);
  const texts = Object.entries(table).map(([name, variable]) => [name, textOf(given, name) ?? variable.default]);
  const schema = z.object(Object.fromEntries(schemas));
  const known = operations ? schema.extend({ RATE_LIMITS: ratesOf(operations) }) : schema;
  return known.safeParse(Object.fromEntries(texts));
}

const textOf = (given: Readonly<Record<string, string | undefined>>, name: string) => given[name];

function protocolsOf(given: Given, service: ServiceDefaults | undefined): readonly Protocol[] {
  const chosen = variables.PROTOCOLS.schema.safeParse(given.PROTOCOLS);
  return service ? servedProtocols(chosen.data, service) : [];
}

function described(issue: z.core.$ZodIssue, given: Given, table: Table): string {
  const name = String(issue.path[0]);
  const { secret, expected } = table[name] as Variable;
  const value = secret ? 'its value' : `"${textOf(given, name)?.slice(0, 80)}"`;
  return `${name}: ${value} ${issue.message}. Set it to ${expected}`;
}

function unknownService(name: string, known: readonly string[]): string {
  return `SERVICE_NAME: "${name}" is not a service. Set it to one of ${known.join(', ')}`;
}
