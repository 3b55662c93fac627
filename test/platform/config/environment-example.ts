import { services } from '../../../src/apps/services.js';
import { adapterVariables } from '../../../src/platform/config/adapter-variables.js';
import { limitVariables } from '../../../src/platform/config/limit-variables.js';
import { addressVariables, remoteVariables } from '../../../src/platform/config/remote-variables.js';
import { securityVariables } from '../../../src/platform/config/security-variables.js';
import { serverVariables } from '../../../src/platform/config/server-variables.js';
import { stateVariables } from '../../../src/platform/config/state-variables.js';
import { telemetryVariables } from '../../../src/platform/config/telemetry-variables.js';
import { type Variable } from '../../../src/platform/config/variable.js';

const sections: readonly [title: string, variables: Readonly<Record<string, Variable>>][] = [
  ['Process and listeners', serverVariables],
  ['Other services, for a process that does not run every module, and Consul', remoteVariables],
  ['Where each of those services is', addressVariables(services)],
  ['State: embedded engines stand in for what is not set', stateVariables],
  ['Security', securityVariables],
  ['Limits', limitVariables],
  ['Telemetry: metrics at /metrics and logs on stdout in any case', telemetryVariables],
  ['Engines this version has no adapter for yet: checked, and said at start-up when set', adapterVariables],
];

const line = (name: string, { about, expected, default: value }: Variable) =>
  `# ${about}.\n# Set it to ${expected}.\n#${name}=${value ?? ''}`;

const section = ([title, variables]: (typeof sections)[number]) =>
  [`## ${title}`, ...Object.entries(variables).map(([name, variable]) => line(name, variable))].join('\n\n');

/** What .env.example must hold. */
export const environmentExample = () =>
  [
    '# Copy to .env and uncomment what you change; what is shown is the default. The environment wins over this file.',
    ...sections.map(section),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
