import { processVariables } from '../../src/platform/config/load-configuration.js';
import type { Secret, Topology } from './model-types.js';
import { notice } from './target.js';

const expectedOf = new Map(processVariables({}).map(({ name, expected }) => [name, expected]));

const entryOf = ({ variable, key, required }: Secret): string =>
  `\n# ${expectedOf.get(variable)}${required ? '' : '; may be left out'}\n${required ? '' : '#'}${key}=\n`;

/** The keys of the Secret of a topology, for `kubectl create secret generic --from-env-file`. */
export function secretExample({ processes }: Topology): string {
  const secrets = new Map(processes.flatMap((process) => process.secrets).map((secret) => [secret.key, secret]));
  const sorted = [...secrets.values()].toSorted((a, b) => Number(b.required) - Number(a.required));
  return `# ${notice}\n# Copy it to secret.env, and fill that in.\n${sorted.map(entryOf).join('')}`;
}
