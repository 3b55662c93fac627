import { z } from 'zod';
import { services } from '../../../src/apps/services.js';
import { limitVariables } from '../../../src/platform/config/limit-variables.js';
import { processVariables } from '../../../src/platform/config/load-configuration.js';
import { processContext } from '../../../src/platform/config/process-context.js';
import { remoteVariables } from '../../../src/platform/config/remote-variables.js';
import { reservedVariables } from '../../../src/platform/config/reserved-variables.js';
import { fileVariable } from '../../../src/platform/config/secret-files.js';
import { securityVariables } from '../../../src/platform/config/security-variables.js';
import { serverVariables } from '../../../src/platform/config/server-variables.js';
import { stateVariables } from '../../../src/platform/config/state-variables.js';
import { telemetryVariables } from '../../../src/platform/config/telemetry-variables.js';
import { type Variable, variablesOf } from '../../../src/platform/config/variable.js';

export interface Section {
  readonly title: string;
  readonly variables: readonly Variable[];
}

const context = processContext({}, services);

const section = (title: string, members: Readonly<Record<string, z.ZodType>>): Section => ({
  title,
  variables: variablesOf(z.object(members)),
});

export const sections: readonly Section[] = [
  section('Process and listeners', serverVariables(context)),
  section('Other services, for a process that does not run every module, and Consul', remoteVariables(context)),
  section('State: embedded engines stand in for what is not set', stateVariables(context)),
  section('Security', securityVariables(context)),
  section('Limits', limitVariables(context)),
  section('Telemetry: metrics at /metrics and logs on stdout in any case', telemetryVariables),
  section('Reserved: checked, and a warning at the start when set, for there is no adapter yet', reservedVariables),
];

function sentenceOf({ about, needs, reserved }: Variable): string {
  const need = needs && !about.includes(needs) && `needs ${needs}`;
  return [about, need, reserved && `no effect in this version: ${reserved}`].filter(Boolean).join('; ');
}

function entryOf(variable: Variable): string {
  const { name, expected, secret } = variable;
  const lines = [`# ${sentenceOf(variable)}.`, `# Set it to ${expected}.`, `#${name}=${variable.default ?? ''}`];
  return [...lines, ...(secret ? [`#${fileVariable(name)}=`] : [])].join('\n');
}

const intro = `# Copy to .env and uncomment what you change; what is shown is the default. The environment wins over this file.
# NAME_FILE is the path of a file that holds the secret NAME; a newline at its end is cut. Only one of the two may be set.`;

/** What .env.example must hold. */
export const environmentExample = (of = sections): string =>
  `${[intro, ...of.flatMap(({ title, variables }) => [`## ${title}`, ...variables.map(entryOf)])].join('\n\n')}\n`;

/** The services that do not start in production without it. */
function requiredBy({ name }: Variable): string {
  const names = Object.keys(services);
  const requiring = names.filter((service) =>
    processVariables({ NODE_ENV: 'production', SERVICE_NAME: service }, services).some(
      (variable) => variable.name === name && variable.required,
    ),
  );
  return requiring.length === names.length ? 'all' : requiring.join(', ');
}

function rowOf(variable: Variable): readonly string[] {
  const { name, secret } = variable;
  const names = [name, ...(secret ? [fileVariable(name)] : [])].map((each) => `\`${each}\``).join(' or ');
  const value = variable.default ? `\`${variable.default}\`` : '';
  return [names, value, requiredBy(variable), sentenceOf(variable)].map((cell) => cell.replaceAll('|', '\\|'));
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const [header = [], ...others] = rows;
  const widths = header.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], fill = ' ') =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
  return [
    line(header),
    line(
      header.map(() => '-'),
      '-',
    ),
    ...others.map((row) => line(row)),
  ].join('\n');
}

const head = ['variable', 'default', 'required in production by', 'meaning'];

const preface = `# Variables

Written from the variables in \`src/platform/config\`, as is [.env.example](../.env.example), which also says what each can be set to:
\`npx vitest run test/platform/config -u\`. A secret can come from the file that \`<name>_FILE\` names; a newline at its end is cut,
and a process in which both are set does not start.`;

/** What docs/variables.md must hold. */
export const variablesPage = (of = sections): string =>
  `${[preface, ...of.flatMap(({ title, variables }) => [`## ${title}`, tableOf([head, ...variables.map(rowOf)])])].join('\n\n')}\n`;
