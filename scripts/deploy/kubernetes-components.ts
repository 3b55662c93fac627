import { component } from './kubernetes-kustomization.js';
import {
  type Manifest,
  optionalSecret,
  product,
  productLabels,
  serviceLabels,
  sharedSettings,
} from './kubernetes-names.js';
import { networkPolicy, publicPolicyLabel, serverRule } from './kubernetes-network.js';
import { mutualTls } from './model-options.js';
import { processesOf } from './model-queries.js';
import type { DeployedProcess, DeploymentModel, OptionalPart } from './model-types.js';
import { privateNetworks } from './private-networks.js';
import { yamlOf, yamlText } from './target.js';

type Files = Readonly<Record<string, string>>;

const asSelector = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');

const deploymentsOf = (labels: Readonly<Record<string, string>>) => ({
  kind: 'Deployment',
  labelSelector: asSelector(labels),
});

/** Kustomize wants a patch as text, and a name in it, which the target overrides. */
const podPatch = (spec: object): string =>
  yamlText({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'any' },
    spec: { template: { spec } },
  });

const appPatch = (app: object, rest: object = {}): string =>
  podPatch({ containers: [{ name: 'app', ...app }], ...rest });

const podAddress = { name: 'ADVERTISED_HOST', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } };

/** A server that is used where the user has one. Consul also calls the listeners that are registered with it. */
function optionalServer({ name, settings, optionalSecrets, needs }: OptionalPart): Files {
  const env = optionalSecrets.map((variable) => optionalSecret(variable, variable));
  const isConsul = name === 'consul';
  const fromConsul = {
    from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'consul' } } }],
    ports: ['http', 'grpc'].map((port) => ({ protocol: 'TCP', port })),
  };
  const patch = appPatch({ env: isConsul ? [...env, podAddress] : env });
  return {
    'kustomization.yaml': yamlOf(
      component({
        resources: ['network-policy.yaml'],
        settings: { name: sharedSettings, values: settings, merge: true },
        patches: [{ target: deploymentsOf(productLabels), patch }],
      }),
    ),
    'network-policy.yaml': yamlOf(
      networkPolicy({ name: `${product}-${name}` }, productLabels, {
        ...(isConsul && { ingress: [fromConsul] }),
        egress: [serverRule(needs)],
      }),
    ),
  };
}

const overHttps = { httpGet: { scheme: 'HTTPS' } };
const probesOverHttps = { startupProbe: overHttps, livenessProbe: overHttps, readinessProbe: overHttps };

function tlsPatches(process: DeployedProcess): readonly Manifest[] {
  const { service, isPublic } = process;
  const files = isPublic ? mutualTls.ofCaller : { ...mutualTls.ofService, ...mutualTls.ofCaller };
  const app = {
    env: Object.entries(files).map(([name, value]) => ({ name, value })),
    volumeMounts: [{ name: 'tls', mountPath: mutualTls.folder, readOnly: true }],
    ...(!isPublic && probesOverHttps),
  };
  const volumes = [{ name: 'tls', secret: { secretName: `${service}-tls` } }];
  const labels = serviceLabels(service);
  const pods = { target: deploymentsOf(labels), patch: appPatch(app, { volumes }) };
  if (isPublic) return [pods];
  const annotation = { metadata: { name: 'any', annotations: { 'prometheus.io/scheme': 'https' } } };
  const patch = yamlText({ apiVersion: 'v1', kind: 'Service', ...annotation });
  return [pods, { target: { kind: 'Service', labelSelector: asSelector(labels) }, patch }];
}

/** Of the split topologies; a monolith calls nobody. */
function mtls(model: DeploymentModel): Files {
  const split = processesOf(model, 'split');
  return { 'kustomization.yaml': yamlOf(component({ patches: split.flatMap(tlsPatches) })) };
}

/** The proxy alone reaches the public ports, so that what it says about callers can be believed. */
const behindProxy = (resource: string): Manifest =>
  component({
    resources: [resource],
    settings: { name: sharedSettings, values: { TRUSTED_PROXIES: privateNetworks }, merge: true },
    patches: [
      {
        target: { kind: 'NetworkPolicy', labelSelector: asSelector(publicPolicyLabel) },
        patch: yamlText([
          {
            op: 'add',
            path: '/spec/ingress/0/from',
            value: [{ namespaceSelector: { matchLabels: { [`${product}/ingress`]: 'true' } } }],
          },
        ]),
      },
    ],
  });

const httpHost = 'api.example.com';
const grpcHost = 'grpc.example.com';

const ingressOf = (portName: 'http' | 'grpc', host: string, annotations?: object): Manifest => {
  const name = `public-${portName}`;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, labels: productLabels, ...(annotations && { annotations }) },
    spec: {
      tls: [{ hosts: [host], secretName: `${name}-tls` }],
      rules: [
        {
          host,
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { name: portName } } } }],
          },
        },
      ],
    },
  };
};

const ingress: Files = {
  'kustomization.yaml': yamlOf(behindProxy('ingress.yaml')),
  'ingress.yaml': yamlOf(
    ingressOf('http', httpHost),
    ingressOf('grpc', grpcHost, { 'nginx.ingress.kubernetes.io/backend-protocol': 'GRPC' }),
  ),
};

const routeOf = (kind: 'HTTPRoute' | 'GRPCRoute', name: string, host: string, port: number): Manifest => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind,
  metadata: { name, labels: productLabels },
  spec: { parentRefs: [{ name: 'public' }], hostnames: [host], rules: [{ backendRefs: [{ name, port }] }] },
});

const gatewayApi: Files = {
  'kustomization.yaml': yamlOf(behindProxy('routes.yaml')),
  'routes.yaml': yamlOf(
    routeOf('HTTPRoute', 'public-http', httpHost, 80),
    routeOf('GRPCRoute', 'public-grpc', grpcHost, 50_051),
  ),
};

const prometheus: Files = {
  'kustomization.yaml': yamlOf(component({ resources: ['service-monitor.yaml', 'network-policy.yaml'] })),
  'service-monitor.yaml': yamlOf({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name: product, labels: productLabels },
    spec: {
      selector: {
        matchLabels: productLabels,
        matchExpressions: [{ key: 'app.kubernetes.io/component', operator: 'NotIn', values: ['public'] }],
      },
      endpoints: [
        {
          port: 'http',
          path: '/metrics',
          interval: '30s',
          tlsConfig: { insecureSkipVerify: true },
          relabelings: [
            {
              sourceLabels: ['__meta_kubernetes_service_annotation_prometheus_io_scheme'],
              regex: '(https?)',
              targetLabel: '__scheme__',
            },
          ],
        },
      ],
    },
  }),
  'network-policy.yaml': yamlOf(
    networkPolicy({ name: `${product}-prometheus` }, productLabels, {
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
          ports: [{ protocol: 'TCP', port: 'http' }],
        },
      ],
    }),
  ),
};

/** Folder below `k8s/components` -> its files. */
export const components = (model: DeploymentModel): Readonly<Record<string, Files>> => ({
  ...Object.fromEntries(model.options.map((part) => [part.name, optionalServer(part)])),
  mtls: mtls(model),
  ingress,
  'gateway-api': gatewayApi,
  prometheus,
});
