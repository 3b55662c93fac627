import { globSync, readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { inHouse } from '../../house/planted-tree.js';
import { KUBECTL, type Result, runTool } from './kubernetes-tools.js';
import { type KubernetesObject, objectsOf } from './manifests.js';

export interface Answer {
  readonly accepted: boolean;
  /** What the API server warns of, a line each. */
  readonly warnings: readonly string[];
  readonly output: string;
}

export const yamlOf = (objects: readonly object[]): string => objects.map((each) => stringify(each)).join('---\n');

function answerOf({ status, stdout, stderr }: Result): Answer {
  const warnings = stderr.split('\n').filter((line) => line.startsWith('Warning:'));
  return { accepted: status === 0, warnings, output: `${stdout}${stderr}` };
}

/** Gives the API server the kinds of `k8s/schemas` that it does not have. */
export async function installSchemas(): Promise<void> {
  for (const path of globSync('k8s/schemas/*.yaml', { cwd: inHouse('.') })) {
    const text = readFileSync(inHouse(path), 'utf8');
    const { status, stderr } = runTool(KUBECTL, ['create', '-f', '-'], text);
    if (status !== 0 && !stderr.includes('AlreadyExists')) throw new Error(stderr);
    const [{ metadata } = { metadata: { name: '' } }] = objectsOf(text);
    runTool(KUBECTL, ['wait', '--for=condition=Established', `crd/${metadata.name}`, '--timeout=60s']);
  }
}

/** A namespace like `k8s/namespace.yaml`, by a name of its own. */
export class TestNamespace {
  readonly name = `test-${crypto.randomUUID().slice(0, 8)}`;

  constructor() {
    const [namespace] = objectsOf(readFileSync(inHouse('k8s/namespace.yaml'), 'utf8'));
    const object = { ...namespace, metadata: { ...namespace?.metadata, name: this.name } };
    const { status, stderr } = runTool(KUBECTL, ['create', '-f', '-'], stringify(object));
    if (status !== 0) throw new Error(stderr);
  }

  apply(yaml: string, ...options: readonly string[]): Answer {
    return answerOf(runTool(KUBECTL, ['apply', '--namespace', this.name, ...options, '-f', '-'], yaml));
  }

  /** Whether an apply would change an object; `kubectl apply` itself calls some unchanged objects configured. */
  differences(yaml: string): string {
    return runTool(KUBECTL, ['diff', '--namespace', this.name, '-f', '-'], yaml).stdout;
  }

  /** Each under a name that no other object has. */
  create(objects: readonly KubernetesObject[]): Answer {
    const named = objects.map(({ metadata: { name, ...metadata }, ...rest }) => ({
      ...rest,
      metadata: { ...metadata, generateName: `${name}-` },
    }));
    return answerOf(runTool(KUBECTL, ['create', '--namespace', this.name, '-f', '-'], yamlOf(named)));
  }

  /** With what is in it, also where no controller would do that. */
  remove(): void {
    const kinds = runTool(KUBECTL, ['api-resources', '--namespaced', '--verbs=list,delete', '--output=name']).stdout;
    const all = kinds.trim().split('\n').join(',');
    runTool(KUBECTL, ['delete', all, '--all', '--namespace', this.name, '--wait=false', '--ignore-not-found']);
    runTool(KUBECTL, ['delete', 'namespace', this.name, '--wait=false']);
    const { status, stdout } = runTool(KUBECTL, ['get', 'namespace', this.name, '--output=json']);
    if (status !== 0) return;
    const finalized = JSON.stringify({ ...JSON.parse(stdout), spec: { finalizers: [] } });
    runTool(KUBECTL, ['replace', '--raw', `/api/v1/namespaces/${this.name}/finalize`, '-f', '-'], finalized);
  }
}
