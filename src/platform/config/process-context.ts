import { protocols } from '../../contract/operation.js';
import type { ServiceDefaults, Services } from './service-defaults.js';

export type Texts = Readonly<Record<string, string | undefined>>;

export interface ProcessContext {
  readonly given: Texts;
  readonly isProduction: boolean;
  readonly service: ServiceDefaults;
  readonly services: Services;
  readonly operations?: ReadonlySet<string>;
}

const monolith = { httpPort: 3000, protocols } as const satisfies ServiceDefaults;

/** An empty variable counts as not set. */
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
