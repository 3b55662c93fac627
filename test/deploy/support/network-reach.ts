import { type KubernetesObject, ofKind, type PodTemplate, workloads } from './manifests.js';

interface Peer {
  readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly namespaceSelector?: object;
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number | string }[];
}

interface Policy {
  readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

interface Endpoint {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

const matches = (labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>> = {}) =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);

const endpointOf = (name: string, { metadata, spec }: PodTemplate): Endpoint => ({
  name,
  labels: metadata.labels,
  ports: (spec.containers[0]?.ports ?? []).map((port) => ({ name: port.name, port: port.containerPort })),
});

const admits = (peers: readonly Peer[] | undefined, labels: Readonly<Record<string, string>>): boolean =>
  peers === undefined ||
  peers.some(
    ({ podSelector, namespaceSelector }) =>
      !namespaceSelector && podSelector && matches(labels, podSelector.matchLabels),
  );

/** The calls between the pods of one namespace that its NetworkPolicies let through: `caller -> called:port`. */
export function networkReach(objects: readonly KubernetesObject[]): readonly string[] {
  const policies = ofKind<Policy>(objects, 'NetworkPolicy').map(({ spec }) => spec);
  const endpoints = workloads(objects).map(({ metadata, spec }) => endpointOf(metadata.name, spec.template));
  const allows = (pod: Endpoint, direction: 'ingress' | 'egress', has: (rule: Rule) => boolean): boolean => {
    const type = direction === 'ingress' ? 'Ingress' : 'Egress';
    const selecting = policies.filter(
      ({ podSelector, policyTypes }) => policyTypes.includes(type) && matches(pod.labels, podSelector.matchLabels),
    );
    return selecting.length === 0 || selecting.some((policy) => policy[direction]?.some(has));
  };
  return endpoints.flatMap((caller) =>
    endpoints
      .filter((called) => called !== caller)
      .flatMap((called) =>
        called.ports
          .filter(({ name, port }) => {
            const opens = ({ ports }: Rule) => !ports || ports.some((each) => each.port === name || each.port === port);
            const leaves = allows(caller, 'egress', (rule) => admits(rule.to, called.labels) && opens(rule));
            return leaves && allows(called, 'ingress', (rule) => admits(rule.from, caller.labels) && opens(rule));
          })
          .map(({ name }) => `${caller.name} -> ${called.name}:${name}`),
      ),
  );
}
