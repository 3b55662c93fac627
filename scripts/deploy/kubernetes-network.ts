import { type Manifest, processLabels, product, productLabels, selectorOf, serviceLabels } from './kubernetes-names.js';
import type { BackingService, DeployedProcess, Port } from './model-types.js';

type Rule = Readonly<Record<string, unknown>>;

const tcp = (port: number | string) => ({ protocol: 'TCP', port });

/** Of the cluster, on its port of OpenShift too. */
const dns: Rule = {
  ports: ['UDP', 'TCP'].flatMap((protocol) => [53, 5353].map((port) => ({ protocol, port }))),
};

/** Wherever it runs: inside the cluster or outside. */
export const serverRule = ({ port, otherPort }: BackingService): Rule => ({
  ports: [port, ...(otherPort === undefined ? [] : [otherPort])].map(tcp),
});

/** On the policy of a process that takes calls from outside; their rule comes first. */
export const publicPolicyLabel = { [`${product}/public`]: 'true' };

interface Metadata {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

interface Rules {
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

export const networkPolicy = (metadata: Metadata, podSelector: object, rules: Rules): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata,
  spec: {
    podSelector: { matchLabels: podSelector },
    policyTypes: [...(rules.ingress ? ['Ingress'] : []), ...(rules.egress ? ['Egress'] : [])],
    // an empty list means what an absent one does, and the API server drops it
    ...Object.fromEntries(Object.entries(rules).filter(([, list]) => list.length > 0)),
  },
});

/** Ports on which callers from outside reach a process: a gateway that serves MQTT alone has none. */
export function publicPorts({ isPublic, protocols }: DeployedProcess): readonly Port['name'][] {
  if (!isPublic) return [];
  const overHttp = protocols.some((protocol) => protocol !== 'grpc' && protocol !== 'mqtt');
  return [...(overHttp ? (['http'] as const) : []), ...(protocols.includes('grpc') ? (['grpc'] as const) : [])];
}

/** For every pod of the product: what no other policy allows is refused. */
export const denyAll = (): Manifest =>
  networkPolicy({ name: `${product}-deny-all` }, productLabels, { ingress: [], egress: [] });

/** `callers`: the services that call this one. The kubelet reaches its probes without a rule. */
export function processPolicy(process: DeployedProcess, callers: readonly string[]): Manifest {
  const fromCallers: Rule = {
    from: callers.map((service) => ({ podSelector: { matchLabels: serviceLabels(service) } })),
    ports: [tcp('grpc')],
  };
  const open = publicPorts(process);
  const fromAnywhere: Rule = { ports: open.map(tcp) };
  const labels = { ...processLabels(process), ...(open.length > 0 && publicPolicyLabel) };
  return networkPolicy({ name: process.name, labels }, selectorOf(process), {
    ingress: [...(open.length > 0 ? [fromAnywhere] : []), ...(callers.length > 0 ? [fromCallers] : [])],
    egress: [
      dns,
      ...process.calls.map(({ service, grpcPort }) => ({
        to: [{ podSelector: { matchLabels: serviceLabels(service) } }],
        ports: [tcp(grpcPort)],
      })),
      ...process.needs.map(serverRule),
    ],
  });
}

/** Of a migration: the database and nothing else. */
export const migrationPolicy = (name: string, labels: object, { needs }: DeployedProcess): Manifest =>
  networkPolicy({ name }, labels, {
    egress: [dns, ...needs.filter((server) => server.name === 'postgres').map(serverRule)],
  });
