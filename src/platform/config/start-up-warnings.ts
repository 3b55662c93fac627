import type { Values } from './configuration.js';
import type { Texts } from './process-context.js';
import { DEVELOPMENT_JWT_SECRET, secretProblem } from './secret-problem.js';
import type { Variable } from './variable.js';

const isLoopback = (host: string) => /^(localhost|127\.|::1$)/.test(host);

export function startUpWarnings(values: Values, variables: readonly Variable[], texts: Texts): string[] {
  const { host, security, environment } = values;
  const isChosen = (variable: Variable) => ![undefined, variable.default].includes(texts[variable.name]);
  const warnings = variables
    .filter((variable) => variable.reserved !== undefined && isChosen(variable))
    .map(({ name, reserved }) => `${name} has no effect in this version: ${reserved}`);
  if (texts.JAEGER_ENDPOINT !== undefined) {
    warnings.push('JAEGER_ENDPOINT is an old name: set OTEL_EXPORTER_OTLP_ENDPOINT to http://<host>:4318');
  }
  if (security.tokens.secret === DEVELOPMENT_JWT_SECRET && !isLoopback(host)) {
    warnings.push(`HOST ${host} can be reached from outside while tokens are signed with the development secret`);
  }
  const problem = texts.JWT_SECRET === undefined ? undefined : secretProblem(texts.JWT_SECRET);
  if (problem !== undefined) warnings.push(`JWT_SECRET ${problem}: production would refuse it`);
  if (environment === 'production') warnings.push(...productionWarnings(values));
  return warnings;
}

function productionWarnings({ allowsEmbedded, database, redis, mqtt, security }: Values): string[] {
  const warnings: string[] = [];
  const urls = { DATABASE_URL: database.url, REDIS_URL: redis.url, MQTT_URL: mqtt.url };
  const embedded = Object.entries(urls).filter(([, url]) => url === undefined);
  if (allowsEmbedded && embedded.length > 0) {
    warnings.push(`ALLOW_EMBEDDED: embedded engines stand in for ${embedded.map(([name]) => name).join(', ')}`);
  }
  if (security.passwordPolicy === 'lax') warnings.push('PASSWORD_POLICY lax admits common passwords');
  return warnings;
}
