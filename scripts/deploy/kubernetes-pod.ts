import {
  type Manifest,
  optionalSecrets,
  processLabels,
  secretsMount,
  secretsVolume,
  selectorOf,
  settingsName,
  sharedSettings,
} from './kubernetes-names.js';
import type { DeployedProcess, Resources } from './model-types.js';

/** Until every node and load balancer has taken the pod out of its list. */
const preStopSeconds = 5;

export const podSecurity = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };

export const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

export const scratchVolume = { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } };
export const scratchMount = { name: 'tmp', mountPath: '/tmp' };

/** As the API server writes it, or every `kubectl apply` would change it. */
const coresOf = (milliCpu: number): string => (milliCpu % 1000 === 0 ? `${milliCpu / 1000}` : `${milliCpu}m`);

const quantities = ({ milliCpu, memoryMib }: Resources['limits']) => ({
  cpu: coresOf(milliCpu),
  memory: `${memoryMib}Mi`,
});

export const resourcesOf = ({ resources: { requests, limits } }: DeployedProcess) => ({
  requests: quantities(requests),
  limits: quantities(limits),
});

const get = (path: string) => ({ httpGet: { path, port: 'http' } });

/** Two minutes to start; then a hung process is restarted after a minute, and one that lost its database is not called. */
const probes = {
  startupProbe: { ...get('/health/live'), periodSeconds: 2, failureThreshold: 60 },
  livenessProbe: { ...get('/health/live'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  readinessProbe: { ...get('/health/ready'), periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 },
};

const spreadOver = (process: DeployedProcess, topologyKey: string) => ({
  maxSkew: 1,
  topologyKey,
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector: { matchLabels: selectorOf(process) },
  matchLabelKeys: ['pod-template-hash'],
});

function environment(process: DeployedProcess): Manifest {
  const env = optionalSecrets(process);
  return {
    envFrom: [{ configMapRef: { name: sharedSettings } }, { configMapRef: { name: settingsName(process) } }],
    ...(env.length > 0 && { env }),
  };
}

const appContainer = (process: DeployedProcess, image: string): Manifest => ({
  name: 'app',
  image,
  imagePullPolicy: 'IfNotPresent',
  ports: process.ports.map(({ name, port }) => ({ name, containerPort: port })),
  ...environment(process),
  ...probes,
  lifecycle: { preStop: { sleep: { seconds: preStopSeconds } } },
  resources: resourcesOf(process),
  securityContext: containerSecurity,
  volumeMounts: [secretsMount, scratchMount],
});

export const podTemplate = (process: DeployedProcess, image: string): Manifest => ({
  metadata: { labels: processLabels(process) },
  spec: {
    serviceAccountName: process.name,
    automountServiceAccountToken: false,
    // a Service named consul would set CONSUL_PORT to tcp://…
    enableServiceLinks: false,
    terminationGracePeriodSeconds: preStopSeconds + process.shutdown.graceSeconds,
    securityContext: podSecurity,
    topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((key) =>
      spreadOver(process, key),
    ),
    containers: [appContainer(process, image)],
    volumes: [secretsVolume(process), scratchVolume],
  },
});
