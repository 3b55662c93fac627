import type { z } from 'zod';
import { adapterVariables } from './adapter-variables.js';
import { limitVariables } from './limit-variables.js';
import { remoteVariables } from './remote-variables.js';
import { securityVariables } from './security-variables.js';
import { serverVariables } from './server-variables.js';
import type { AddressVariable } from './service-defaults.js';
import { stateVariables } from './state-variables.js';
import { telemetryVariables } from './telemetry-variables.js';

/** Every variable there is but the addresses of services; .env.example says the same. */
export const variables = {
  ...serverVariables,
  ...remoteVariables,
  ...stateVariables,
  ...securityVariables,
  ...limitVariables,
  ...telemetryVariables,
  ...adapterVariables,
};

export type VariableName = keyof typeof variables;

/** The values by variable, before they are grouped into the configuration. */
export type Values = { readonly [N in VariableName]: z.output<(typeof variables)[N]['schema']> } & {
  readonly [address: AddressVariable]: string | undefined;
};
