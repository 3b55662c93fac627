import type { Given } from './requirements.js';
import { secretFault } from './requirements.js';
import type { Values, VariableName } from './variables.js';

/** What happens in place of the engine that a variable names, until there is an adapter for it. */
const withoutAdapter: Partial<Record<VariableName, string>> = {
  ENCRYPTION_KEY: 'nothing is encrypted at rest',
  KAFKA_BROKERS: 'events stay in process',
  MONGODB_URL: 'documents stay in PostgreSQL',
  ENABLE_STORAGE: 'no objects are stored',
  SMTP_URL: 'no mails are sent',
};

const isLoopback = (host: string) => /^(localhost|127\.|::1$)/.test(host);

/** Lines for the start-up log: allowed, but not what one may think. */
export function startUpWarnings(given: Given, values: Values, host: string, usesDevelopmentSecret: boolean): string[] {
  const warnings = Object.entries(withoutAdapter)
    .filter(([name]) => given[name as VariableName] !== undefined && given[name as VariableName] !== 'false')
    .map(([name, instead]) => `${name} has no effect in this version: ${instead}`);
  if (values.JAEGER_ENDPOINT !== undefined) {
    warnings.push('JAEGER_ENDPOINT is an old name: set OTEL_EXPORTER_OTLP_ENDPOINT to http://<host>:4318');
  }
  if (usesDevelopmentSecret && !isLoopback(host)) {
    warnings.push(`HOST ${host} can be reached from outside while tokens are signed with the development secret`);
  }
  const fault = values.JWT_SECRET === undefined ? undefined : secretFault(values.JWT_SECRET);
  if (fault !== undefined) warnings.push(`JWT_SECRET ${fault}: production would refuse it`);
  if (values.NODE_ENV === 'production') warnings.push(...productionWarnings(given, values));
  return warnings;
}

function productionWarnings(given: Given, values: Values): string[] {
  const warnings: string[] = [];
  if (values.ALLOW_EMBEDDED) {
    const embedded = (['DATABASE_URL', 'REDIS_URL', 'MQTT_URL'] as const).filter((name) => given[name] === undefined);
    if (embedded.length > 0) warnings.push(`ALLOW_EMBEDDED: embedded engines stand in for ${embedded.join(', ')}`);
  }
  if (values.PASSWORD_POLICY === 'lax') warnings.push('PASSWORD_POLICY lax admits common passwords');
  return warnings;
}
