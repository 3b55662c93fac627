import { services } from '../../src/apps/services.js';
import { processVariables } from '../../src/platform/config/load-configuration.js';
import { valuesSchema } from './helm-values-schema.js';
import { secretFiles } from './kubernetes-names.js';
import { publicPorts } from './kubernetes-network.js';
import { resourcesOf } from './kubernetes-pod.js';
import { mutualTls } from './model-options.js';
import { everyProcess } from './model-queries.js';
import type { BackingService, DeployedProcess, DeploymentModel, OptionalPart, Secret } from './model-types.js';
import { type DeployFiles, notice, type Target, yamlOf } from './target.js';

const folder = 'deploy/helm';

/** What repeats the service table. The templates and values.yaml are written by hand. */
export const helm: Target = {
  name: 'helm',
  owns: [`${folder}/Chart.yaml`, `${folder}/values.schema.json`, `${folder}/files/*.yaml`],
  write: helmFiles,
};

function helmFiles(model: DeploymentModel): DeployFiles {
  const processes = everyProcess(model);
  const schema = valuesSchema({
    topologies: model.topologies.map(({ name }) => name),
    processes: processes.map(({ name }) => name),
    servers: [...new Set([...processes, ...model.options].flatMap(({ needs }) => needs).map(({ name }) => name))],
    secrets: [...new Set(processes.flatMap(({ secrets }) => secrets).map(({ variable }) => variable))],
    settings: settingNames(model),
  });
  return new Map([
    [`${folder}/Chart.yaml`, yamlOf(chart(model))],
    [`${folder}/files/processes.yaml`, yamlOf(table(model))],
    [`${folder}/values.schema.json`, `${JSON.stringify({ $comment: notice, ...schema }, undefined, 2)}\n`],
  ]);
}

/** `preStop: sleep` needs Kubernetes 1.30. */
const chart = ({ image }: DeploymentModel) => ({
  apiVersion: 'v2',
  name: image.name,
  description: 'The product as one process, or as a gateway and services',
  type: 'application',
  version: image.tag,
  appVersion: image.tag,
  kubeVersion: '>=1.30.0-0',
});

/** Variables that values may set: no secrets, and nothing that the table says already. */
function settingNames(model: DeploymentModel): readonly string[] {
  const processes = everyProcess(model);
  const decided = new Set([
    'NODE_ENV',
    'SERVICE_NAME',
    'PROTOCOLS',
    'HOST',
    'ADVERTISED_HOST',
    'DATA_DIR',
    'MQTT_PORT',
    ...processes.flatMap(({ ports, calls }) => [...ports, ...calls]).map(({ variable }) => variable),
  ]);
  const plain = processVariables({}, services).filter(({ secret, reserved }) => !secret && !reserved);
  const optional = model.options.flatMap(({ settings }) => Object.keys(settings));
  return [...new Set([...plain.map(({ name }) => name), ...optional])].filter((name) => !decided.has(name)).sort();
}

const table = (model: DeploymentModel) => ({
  processes: Object.fromEntries(everyProcess(model).map((process) => [process.name, row(process, model)])),
  options: Object.fromEntries(model.options.map((part) => [part.name, option(part)])),
  mutualTls: {
    public: mutualTls.ofCaller,
    others: { ...mutualTls.ofService, ...mutualTls.ofCaller },
  },
});

function row(process: DeployedProcess, model: DeploymentModel) {
  const { name, service, protocols, database, resources } = process;
  const callers = everyProcess(model).filter(({ calls }) => calls.some((call) => call.service === service));
  return {
    topologies: model.topologies
      .filter((each) => each.processes.some((one) => one.name === name))
      .map((each) => each.name),
    service,
    public: process.isPublic,
    publicPorts: publicPorts(process),
    protocols,
    ports: Object.fromEntries(process.ports.map((each) => [each.name, each.port])),
    ...(database !== undefined && { database }),
    calls: process.calls,
    callers: [...new Set(callers.map((caller) => caller.service))],
    servers: process.needs.map(server),
    settings: { ...process.settings, ...secretFiles(process) },
    secrets: keys(process.secrets, true),
    optionalSecrets: keys(process.secrets, false),
    autoscaling: {
      minReplicas: resources.replicas.min,
      maxReplicas: resources.replicas.max,
      averageCpu: `${resources.replicas.milliCpu}m`,
    },
    resources: resourcesOf(process),
  };
}

const keys = (secrets: readonly Secret[], required: boolean) =>
  secrets.filter((secret) => secret.required === required).map(({ variable, key }) => ({ variable, key }));

const server = ({ name, port, otherPort }: BackingService) => ({
  name,
  ports: otherPort === undefined ? [port] : [port, otherPort],
});

const option = ({ settings, optionalSecrets, needs }: OptionalPart) => ({
  settings,
  optionalSecrets: optionalSecrets.map((variable) => ({ variable, key: variable })),
  server: server(needs),
});
