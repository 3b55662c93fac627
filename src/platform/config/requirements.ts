import type { Protocol } from '../../contract/operation.js';
import { passwordFault } from '../security/password-policy.js';
import { DEVELOPMENT_JWT_SECRET } from './development-defaults.js';
import { addressExpected } from './remote-variables.js';
import { type AddressVariable, addressVariable, type ServiceDefaults } from './service-defaults.js';
import { type VariableName, variables } from './variables.js';

/** The variables that are set, as text. */
export type Given = Readonly<Partial<Record<VariableName | AddressVariable, string>>>;

const setIt = (name: VariableName) => `Set it to ${variables[name].expected}`;

function halves(given: Given, one: VariableName, other: VariableName): string[] {
  if ((given[one] === undefined) === (given[other] === undefined)) return [];
  const [present, missing] = given[one] === undefined ? [other, one] : [one, other];
  return [`${missing}: is missing beside ${present}. ${setIt(missing)}, or remove ${present}`];
}

/** What must hold between variables in every environment. */
export function contradictions(given: Given): string[] {
  const problems = [
    ...halves(given, 'TLS_CERT_FILE', 'TLS_KEY_FILE'),
    ...halves(given, 'SERVICE_TLS_CERT_FILE', 'SERVICE_TLS_KEY_FILE'),
    ...halves(given, 'BOOTSTRAP_ADMIN_EMAIL', 'BOOTSTRAP_ADMIN_PASSWORD'),
  ];
  if (given.DATABASE_DIRECT_URL !== undefined && given.DATABASE_URL === undefined) {
    problems.push(`DATABASE_URL: is missing beside DATABASE_DIRECT_URL. ${setIt('DATABASE_URL')}`);
  }
  if (given.GRPC_TLS_CLIENT_CA_FILE !== undefined && given.TLS_CERT_FILE === undefined) {
    problems.push(`TLS_CERT_FILE: is missing beside GRPC_TLS_CLIENT_CA_FILE. ${setIt('TLS_CERT_FILE')}`);
  }
  if (given.JWT_SECRET !== undefined && hasKeyFiles(given)) {
    problems.push(
      'JWT_SECRET: is set beside key files. Remove it, or remove JWT_PRIVATE_KEY_FILE and JWT_PUBLIC_KEY_FILES',
    );
  }
  if (given.DISCOVERY === 'consul' && given.CONSUL_HOST === undefined) {
    problems.push(`CONSUL_HOST: is missing beside DISCOVERY. ${setIt('CONSUL_HOST')}`);
  }
  if (given.CONSUL_CA_FILE !== undefined && given.CONSUL_SECURE !== 'true') {
    problems.push('CONSUL_SECURE: is missing beside CONSUL_CA_FILE. Set it to true, or remove CONSUL_CA_FILE');
  }
  if (given.ENABLE_STORAGE === 'true' && given.STORAGE_PROVIDER === undefined) {
    problems.push(`STORAGE_PROVIDER: is missing beside ENABLE_STORAGE. ${setIt('STORAGE_PROVIDER')}`);
  }
  if (
    Number(given.SHUTDOWN_DELAY_MS ?? 0) >= Number(given.SHUTDOWN_TIMEOUT_MS ?? variables.SHUTDOWN_TIMEOUT_MS.default)
  ) {
    problems.push(`SHUTDOWN_DELAY_MS: leaves no time to stop. ${setIt('SHUTDOWN_DELAY_MS')}`);
  }
  return problems;
}

export const hasKeyFiles = (given: Given) =>
  given.JWT_PRIVATE_KEY_FILE !== undefined || given.JWT_PUBLIC_KEY_FILES !== undefined;

const MIN_SECRET_BYTES = 32;
const MIN_DISTINCT_CHARACTERS = 10;

/** Why a secret would not withstand guessing, or undefined. HS256 wants 32 bytes (RFC 7518 3.2). */
export function secretFault(secret: string): string | undefined {
  if (secret === DEVELOPMENT_JWT_SECRET) return 'is the development secret, which everyone knows';
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) return `is shorter than ${MIN_SECRET_BYTES} bytes`;
  if (new Set(secret).size < MIN_DISTINCT_CHARACTERS) return 'repeats a few characters';
  if (/^(dev|test|secret|password|change|example|your)/i.test(secret)) return 'looks like a placeholder';
  return undefined;
}

function secretProblems(given: Given): string[] {
  if (hasKeyFiles(given)) return [];
  if (given.JWT_SECRET === undefined) {
    return [`JWT_SECRET: is missing. ${setIt('JWT_SECRET')}, or set JWT_PRIVATE_KEY_FILE`];
  }
  const fault = secretFault(given.JWT_SECRET);
  return fault === undefined ? [] : [`JWT_SECRET: ${fault}. ${setIt('JWT_SECRET')}`];
}

function bootstrapProblems(given: Given): string[] {
  const password = given.BOOTSTRAP_ADMIN_PASSWORD;
  const fault = password === undefined ? undefined : passwordFault(password, 'strict');
  return fault === undefined ? [] : [`BOOTSTRAP_ADMIN_PASSWORD: ${fault}. Set it to another password`];
}

function embeddedProblems(given: Given, protocols: readonly Protocol[], stateless = false): string[] {
  if (given.ALLOW_EMBEDDED === 'true') return [];
  const missing = (['DATABASE_URL', 'REDIS_URL', 'MQTT_URL'] as const)
    .filter((name) => given[name] === undefined)
    .filter((name) => name !== 'MQTT_URL' || protocols.includes('mqtt'))
    .filter((name) => name !== 'DATABASE_URL' || !stateless);
  return missing.map((name) => {
    const without = name === 'MQTT_URL' ? ', leave mqtt out of PROTOCOLS' : '';
    return `${name}: is missing. ${setIt(name)}${without}, or set ALLOW_EMBEDDED=true to use the embedded engine`;
  });
}

function addressProblems(given: Given, calls: readonly string[]): string[] {
  if (given.DISCOVERY === 'consul') return [];
  return calls
    .map(addressVariable)
    .filter((name) => given[name] === undefined)
    .map((name) => `${name}: is missing. Set it to ${addressExpected}`);
}

/** What NODE_ENV=production asks for beyond the rest. */
export function productionProblems(
  given: Given,
  service: ServiceDefaults | undefined,
  protocols: readonly Protocol[],
): string[] {
  return [
    ...secretProblems(given),
    ...embeddedProblems(given, protocols, service?.stateless),
    ...addressProblems(given, service?.calls ?? []),
    ...bootstrapProblems(given),
  ];
}
