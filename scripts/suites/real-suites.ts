import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** The variables that lead to real servers, or say what else this machine allows. */
export const serverVariables = [
  'DATABASE_URL',
  'PGBOUNCER_URL',
  'REDIS_URL',
  'MQTT_URL',
  'CONSUL_HOST',
  'CONSUL_PROGRAM',
  'CHROMIUM',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'TOXIPROXY_URL',
  'PROMTOOL',
  'FOREIGN_PYTHON',
  'HELM',
  'FAKETIME_LIBRARY',
  'H2SPEC',
  'NAMESPACES',
  'DOCKER_COMPOSE',
  'IMAGE_ROOT',
  'HADOLINT',
  'KUBECONFIG',
  'KUBECTL',
  'KUSTOMIZE',
  'KUBECONFORM',
  'KUBERNETES_SCHEMAS',
  'CHECKOV',
];

/** `databaseServer` is the one that test/support/global-setup.ts provides. */
const asks = new RegExp(`\\b(${serverVariables.join('|')}|databaseServer)\\b`);
const relativeImport = /from '(\.[^']+)\.js'/g;

function importsWithinTests(file: string, text: string): string[] {
  return [...text.matchAll(relativeImport)]
    .map(([, path = '']) => `${normalize(join(dirname(file), path))}.ts`)
    .filter((path) => path.startsWith('test') && existsSync(path));
}

function asksForServer(file: string, seen: Set<string>): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  return asks.test(text) || importsWithinTests(file, text).some((imported) => asksForServer(imported, seen));
}

/** Minutes of load on many processes: alone, one file at a time, and never with the test command. */
export const faultSuites = () => globSync('test/faults/*.test.ts').sort();

export const withoutFaults = ['--exclude', 'test/faults/**'];

/** The other test files that ask for a server, themselves or through what they import from `test/`. */
export const realSuites = () =>
  globSync('test/**/*.test.ts')
    .filter((file) => !file.startsWith(join('test', 'faults')))
    .filter((file) => asksForServer(file, new Set()))
    .sort();
