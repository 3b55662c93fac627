import { z } from 'zod';

/** What the service table and the table of variables allow in values. */
export interface ValueNames {
  readonly topologies: readonly string[];
  readonly processes: readonly string[];
  readonly servers: readonly string[];
  readonly secrets: readonly string[];
  readonly settings: readonly string[];
}

/** Each value may be left out: values.yaml has it. A misspelt one is refused. */
const some = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape).partial();

const enabled = z.boolean();
const switchable = some({ enabled });
const texts = z.record(z.string(), z.string());
const anObject = z.looseObject({});
const name = z.string().max(253);
const label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const host = z.string().regex(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/);
const port = z.int().min(1).max(65_535);
const replicas = z.int().min(1).max(1_000);
const quantity = z.string().regex(/^\d+(\.\d+)?(m|k|[KMGT]i?)?$/);
const quantities = some({ cpu: quantity, memory: quantity, 'ephemeral-storage': quantity });

const image = some({
  repository: z.string().regex(/^[a-z0-9][a-z0-9._:/-]*$/),
  tag: z.string().regex(/^(\w[\w.-]{0,127})?$/),
  digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
  pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
});

const pod = some({
  annotations: texts,
  labels: texts,
  nodeSelector: texts,
  tolerations: z.array(anObject),
  affinity: anObject,
  priorityClassName: name,
  volumes: z.array(anObject),
  volumeMounts: z.array(anObject),
});

const fromOutside = {
  hosts: some({ http: host, grpc: host }),
  ingress: some({
    enabled,
    className: name,
    tls: z.boolean(),
    annotations: some({ http: texts, grpc: texts }),
  }),
  gateway: some({ enabled, parentRefs: z.array(z.looseObject({ name })).min(1) }),
  proxy: some({ namespaceLabels: texts, networks: z.array(z.string().min(1)) }),
};

const options = {
  serviceMonitor: some({ enabled, namespace: label, interval: z.string().regex(/^\d+(ms|s|m)$/), labels: texts }),
  consul: switchable,
  otel: switchable,
  mtls: switchable,
};

function valuesShape(names: ValueNames) {
  const settings = z.partialRecord(z.enum(names.settings), z.union([z.string(), z.number(), z.boolean()]));
  const autoscaling = some({ minReplicas: replicas, maxReplicas: replicas, averageCpu: quantity });
  const resources = some({ requests: quantities, limits: quantities });
  const server = some({ ports: z.array(port).min(1), to: z.array(anObject) });
  return some({
    topology: z.enum(names.topologies),
    secret: some({ name: name.min(1), without: z.array(z.enum(names.secrets)) }),
    image,
    imagePullSecrets: z.array(z.strictObject({ name })),
    settings,
    processes: z.partialRecord(z.enum(names.processes), some({ settings, autoscaling, resources })),
    fullnameOverride: name,
    pod,
    autoscaling: switchable,
    podDisruptionBudget: switchable,
    migrations: switchable,
    networkPolicy: some({ enabled, servers: z.partialRecord(z.enum(names.servers), server) }),
    ...fromOutside,
    ...options,
    /** A chart that depends on this one has them: Helm adds the first, a condition of the dependency may be the second. */
    global: anObject,
    enabled,
  });
}

/** JSON Schema draft 7, which Helm and editors read. */
export const valuesSchema = (names: ValueNames): object => z.toJSONSchema(valuesShape(names), { target: 'draft-7' });
