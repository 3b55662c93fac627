import { protocols } from '../../contract/operation.js';
import type { ServiceDefaults, Services } from './service-defaults.js';

export type Texts = Readonly<Record<string, string | undefined>>;

/** Defaults and requirements of variables depend on these. */
export interface ProcessContext {
  readonly given: Texts;
  readonly isProduction: boolean;
  readonly service: ServiceDefaults;
  /** The values that SERVICE_NAME may take. */
  readonly services: Services;
  /** Wire names that RATE_LIMITS may use; any when absent. */
  readonly operations?: ReadonlySet<string>;
}

const monolith = { httpPort: 3000, protocols } as const satisfies ServiceDefaults;

/** An empty variable counts as not set: `REDIS_URL=` in a file or a manifest. */
function textsOf(env: NodeJS.ProcessEnv): Texts {
  const texts = Object.entries(env).map(([name, value = '']) => [name, value.trim()] as const);
  return Object.fromEntries(texts.filter(([, text]) => text !== ''));
}

export function processContext(
  env: NodeJS.ProcessEnv,
  services: Services = { monolith },
  operations?: ReadonlySet<string>,
): ProcessContext {
  const given = textsOf(env);
  const name = given.SERVICE_NAME ?? 'monolith';
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  return {
    given,
    isProduction: given.NODE_ENV === 'production',
    service: service ?? monolith,
    services,
    operations,
  };
}
