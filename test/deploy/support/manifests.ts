import { parseAllDocuments } from 'yaml';

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly [field: string]: unknown;
}

export interface Container {
  readonly name: string;
  readonly env?: readonly EnvironmentVariable[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly [field: string]: unknown;
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly key: string }; readonly fieldRef?: object };
}

export interface Volume {
  readonly name: string;
  readonly secret?: {
    readonly secretName: string;
    readonly items?: readonly { readonly key: string; readonly path: string }[];
  };
}

export interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}

/** An object of Kubernetes; `Spec` says what its kind has there. */
export interface KubernetesObject<Spec = Readonly<Record<string, unknown>>> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: Spec;
  readonly data?: Readonly<Record<string, string>>;
}

export const objectsOf = (yaml: string): readonly KubernetesObject[] =>
  parseAllDocuments(yaml).flatMap((document) => (document.contents ? [document.toJS() as KubernetesObject] : []));

export const ofKind = <Spec>(objects: readonly KubernetesObject[], ...kinds: readonly string[]) =>
  objects.filter(({ kind }) => kinds.includes(kind)) as unknown as readonly KubernetesObject<Spec>[];

/** Everything that makes pods, by its name. */
export const workloads = (objects: readonly KubernetesObject[]) =>
  ofKind<{ readonly template: PodTemplate }>(objects, 'Deployment', 'Job');

/** Each pod template as a Pod of its own: admission enforces the security standard on Pods alone. */
export const barePods = (objects: readonly KubernetesObject[]): readonly KubernetesObject<PodSpec>[] =>
  workloads(objects).map(({ kind, metadata: { name }, spec: { template } }) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name: `${name}-${kind.toLowerCase()}` },
    spec: template.spec,
  }));
