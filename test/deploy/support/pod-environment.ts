import type { KubernetesObject, PodSpec } from './manifests.js';

export interface PodEnvironment {
  readonly values: Readonly<Record<string, string>>;
  /** Variables with a value from the Secret; the process starts without it where the key is missing. */
  readonly optional: readonly string[];
  /** Path in the container -> key of the Secret. */
  readonly files: Readonly<Record<string, string>>;
}

function filesOf({ containers: [container], volumes = [] }: PodSpec): Readonly<Record<string, string>> {
  const mounts = container?.volumeMounts ?? [];
  return Object.fromEntries(
    mounts.flatMap(({ name, mountPath }) => {
      const items = volumes.find((volume) => volume.name === name)?.secret?.items ?? [];
      return items.map(({ key, path }) => [`${mountPath}/${path}`, key]);
    }),
  );
}

/** What a process gets in the first container of a pod. `objects`: with its ConfigMaps. */
export function podEnvironment(spec: PodSpec, objects: readonly KubernetesObject[]): PodEnvironment {
  const [container] = spec.containers;
  const env = container?.env ?? [];
  const maps = (container?.envFrom ?? []).map(({ configMapRef: { name } }) => {
    const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
    if (!map) throw new Error(`there is no ConfigMap ${name}`);
    return map.data ?? {};
  });
  const plain = env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
  return {
    values: Object.assign({}, ...maps, Object.fromEntries(plain)),
    optional: env.filter(({ valueFrom }) => valueFrom !== undefined).map(({ name }) => name),
    files: filesOf(spec),
  };
}
