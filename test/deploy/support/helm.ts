import { inHouse } from '../../house/planted-tree.js';
import { type Result, runTool } from './kubernetes-tools.js';
import { type KubernetesObject, objectsOf } from './manifests.js';

export const { HELM } = process.env;

/** Names of objects begin with it; nothing else contains it. */
export const release = 'zz';

export const chart = inHouse('deploy/helm');

interface Annotated {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
}

/** Helm with values that differ from values.yaml. */
export const runHelm = (args: readonly string[], values: object = {}): Result =>
  runTool(HELM, [...args, '--values', '-'], JSON.stringify(values));

export function helmTemplate(values: object, of = chart): string {
  // the version of Kubernetes that Helm assumes without a cluster depends on how it was built
  const { status, stdout, stderr } = runHelm(['template', release, of, '--kube-version', '1.36.0'], values);
  if (status !== 0 || stderr !== '') throw new Error(stderr);
  return stdout;
}

const isHook = (object: KubernetesObject): boolean =>
  (object as Annotated).metadata.annotations?.['helm.sh/hook'] !== undefined;

/** What `helm install` makes. */
export const installed = (yaml: string): readonly KubernetesObject[] => objectsOf(yaml).filter((each) => !isHook(each));

/** What `helm test` makes. */
export const hooks = (yaml: string): readonly KubernetesObject[] => objectsOf(yaml).filter(isHook);

/** The switch of each optional part, by the kustomize component that is the same. */
export const parts: Readonly<Record<string, object>> = {
  consul: { consul: { enabled: true } },
  'gateway-api': { gateway: { enabled: true } },
  ingress: { ingress: { enabled: true } },
  mtls: { mtls: { enabled: true } },
  otel: { otel: { enabled: true } },
  prometheus: { serviceMonitor: { enabled: true } },
};

export const valuesOf = (topology: string, components: readonly string[]): object =>
  Object.assign({ topology }, ...components.map((name) => parts[name]));
