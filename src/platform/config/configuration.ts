import { z } from 'zod';
import { limitVariables } from './limit-variables.js';
import type { ProcessContext } from './process-context.js';
import { remoteVariables } from './remote-variables.js';
import { reservedVariables } from './reserved-variables.js';
import { securityVariables } from './security-variables.js';
import { serverVariables } from './server-variables.js';
import { stateVariables } from './state-variables.js';
import { telemetryVariables } from './telemetry-variables.js';

export const configurationSchema = (context: ProcessContext) =>
  z
    .object({
      ...serverVariables(context),
      ...remoteVariables(context),
      ...stateVariables(context),
      ...securityVariables(context),
      ...limitVariables(context),
      ...telemetryVariables,
      ...reservedVariables,
    })
    .transform(({ discovery: { method, ...discovery }, ...rest }) => ({
      ...rest,
      discovery: { ...discovery, consul: method === 'consul' ? rest.consul : undefined },
    }));

export type Values = z.output<ReturnType<typeof configurationSchema>>;

const InferredConfiguration = class {} as unknown as abstract new () => Values;

/** Frozen. A class of the inferred type, so that it is an injection token. */
export abstract class Configuration extends InferredConfiguration {
  abstract readonly warnings: readonly string[];
}

export type TokenSettings = Values['security']['tokens'];

type Consul = NonNullable<Values['consul']>;

export type ConsulSettings = Pick<Consul, 'host' | 'port'> & Partial<Consul>;
