import type { z } from 'zod';
import { type Configuration, configurationSchema } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { processContext, type Texts } from './process-context.js';
import { unmetRequirements } from './requirements.js';
import { readTexts } from './secret-files.js';
import type { Services } from './service-defaults.js';
import { startUpWarnings } from './start-up-warnings.js';
import { inputOf, type Variable, variableAt, variablesOf } from './variable.js';

/** `operations`: names that RATE_LIMITS accepts; any when absent. Throws one ConfigurationError with all problems. */
export function loadConfiguration(
  env: NodeJS.ProcessEnv,
  services?: Services,
  operations?: ReadonlySet<string>,
): Configuration {
  const context = processContext(env, services, operations);
  const schema = configurationSchema(context);
  const variables = variablesOf(schema);
  const { texts, problems } = readTexts(variables, context.given);
  const textOf = (variable: Variable) => texts[variable.name] ?? variable.default ?? variable.fallback;
  // parsed once: compiling the schemas would take longer
  const { data, error } = schema.safeParse(inputOf(schema, textOf), { jitless: true });
  for (const issue of error?.issues ?? []) problems.push(described(issue, variableAt(schema, issue.path), texts));
  problems.push(...unmetRequirements(variables, context.given));
  if (!data || problems.length > 0) throw new ConfigurationError(problems);
  return deepFreeze({ ...data, warnings: startUpWarnings(data, variables, texts) });
}

export const processVariables = (env: NodeJS.ProcessEnv, services?: Services): readonly Variable[] =>
  variablesOf(configurationSchema(processContext(env, services)));

function described({ message }: z.core.$ZodIssue, { name, secret, expected }: Variable, texts: Texts): string {
  const value = secret ? 'its value' : `"${texts[name]?.slice(0, 80)}"`;
  return `${name}: ${value} ${message}. Set it to ${expected}`;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}
