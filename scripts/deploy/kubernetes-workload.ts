import { imageOf, type Manifest, processLabels, selectorOf } from './kubernetes-names.js';
import { podTemplate } from './kubernetes-pod.js';
import type { DeployedProcess, DeploymentModel } from './model-types.js';

/** The appProtocol of a port, for ingress controllers and service meshes. */
export const appProtocols = { http: 'http', grpc: 'kubernetes.io/h2c' } as const;

/** ServiceAccount, Deployment and headless Service of a process. */
export function workload(process: DeployedProcess, model: DeploymentModel): readonly Manifest[] {
  const metadata = { name: process.name, labels: processLabels(process) };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        revisionHistoryLimit: 3,
        selector: { matchLabels: selectorOf(process) },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: podTemplate(process, imageOf(model)),
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        clusterIP: 'None',
        selector: selectorOf(process),
        ports: process.ports.map(({ name, port }) => ({
          name,
          port,
          targetPort: name,
          appProtocol: appProtocols[name],
        })),
      },
    },
  ];
}

/** How many pods there are, and how many a drained node may take away. */
export function availability(process: DeployedProcess): readonly Manifest[] {
  const metadata = { name: process.name, labels: processLabels(process) };
  const { min, max, milliCpu } = process.resources.replicas;
  return [
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: process.name },
        minReplicas: min,
        maxReplicas: max,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: `${milliCpu}m` } },
          },
        ],
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: {
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels: selectorOf(process) },
      },
    },
  ];
}
