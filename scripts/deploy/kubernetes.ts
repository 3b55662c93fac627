import { components } from './kubernetes-components.js';
import { kustomization } from './kubernetes-kustomization.js';
import { hasMigrations, migration } from './kubernetes-migration.js';
import {
  type Manifest,
  productLabels,
  secretFiles,
  selectorOf,
  settingsName,
  sharedSettings,
} from './kubernetes-names.js';
import { denyAll, processPolicy } from './kubernetes-network.js';
import { secretExample } from './kubernetes-secret.js';
import { appProtocols, availability, workload } from './kubernetes-workload.js';
import { addressesOf, everyProcess } from './model-queries.js';
import type { DeployedProcess, DeploymentModel, Topology } from './model-types.js';
import { type Target, yamlOf } from './target.js';

type Files = Readonly<Record<string, string>>;

/** The settings that are the same in every process. */
function commonSettings(processes: readonly DeployedProcess[]): Readonly<Record<string, string>> {
  const [first, ...others] = processes.map(({ settings }) => settings);
  return Object.fromEntries(
    Object.entries(first ?? {}).filter(([name, value]) => others.every((settings) => settings[name] === value)),
  );
}

function ownSettings(process: DeployedProcess, common: Readonly<Record<string, string>>) {
  const own = Object.entries(process.settings).filter(([name]) => !(name in common));
  return { ...Object.fromEntries(own), ...addressesOf(process), ...secretFiles(process) };
}

function processFiles(process: DeployedProcess, model: DeploymentModel): Files {
  const all = everyProcess(model);
  const callers = new Set(all.filter(({ calls }) => calls.some(({ service }) => service === process.service)));
  const policy = processPolicy(process, [...new Set([...callers].map(({ service }) => service))]);
  const objects: Readonly<Record<string, readonly Manifest[]>> = {
    'workload.yaml': workload(process, model),
    'availability.yaml': availability(process),
    'network-policy.yaml': [policy],
    ...(hasMigrations(process) && { 'migration.yaml': migration(process, model) }),
  };
  const written = Object.entries(objects).map(([name, manifests]) => [name, yamlOf(...manifests)]);
  const values = ownSettings(process, commonSettings(all));
  const settings = { name: settingsName(process), values };
  return {
    'kustomization.yaml': yamlOf(kustomization({ resources: Object.keys(objects), settings })),
    ...Object.fromEntries(written),
  };
}

function commonFiles(model: DeploymentModel): Files {
  const settings = { name: sharedSettings, values: commonSettings(everyProcess(model)) };
  return {
    'kustomization.yaml': yamlOf(kustomization({ resources: ['network-policy.yaml'], settings })),
    'network-policy.yaml': yamlOf(denyAll()),
  };
}

/** One name for what callers from outside reach, in every topology. */
function publicServices({ processes }: Topology): readonly Manifest[] {
  const doors = { http: ['rest', 80], grpc: ['grpc', 50_051] } as const;
  return (['http', 'grpc'] as const).flatMap((name): Manifest[] => {
    const [protocol, port] = doors[name];
    const target = processes.find(({ isPublic, protocols }) => isPublic && protocols.includes(protocol));
    if (!target) return [];
    return [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: `public-${name}`, labels: { ...productLabels, 'app.kubernetes.io/component': 'public' } },
        spec: {
          type: 'ClusterIP',
          selector: selectorOf(target),
          ports: [{ name, port, targetPort: name, appProtocol: appProtocols[name] }],
        },
      },
    ];
  });
}

function overlayFiles(topology: Topology): Files {
  const base = ['common', ...topology.processes.map(({ name }) => name)].map((name) => `../../base/${name}`);
  return {
    'kustomization.yaml': yamlOf(kustomization({ resources: [...base, 'public-services.yaml'] })),
    'public-services.yaml': yamlOf(...publicServices(topology)),
    'secret.example.env': secretExample(topology),
  };
}

const below = (folder: string, files: Files) =>
  Object.entries(files).map(([name, text]) => [`k8s/${folder}/${name}`, text] as const);

export const kubernetes: Target = {
  name: 'kubernetes',
  owns: ['k8s/{base,overlays,components}/**'],
  write: (model) =>
    new Map([
      ...below('base/common', commonFiles(model)),
      ...everyProcess(model).flatMap((process) => below(`base/${process.name}`, processFiles(process, model))),
      ...model.topologies.flatMap((topology) => below(`overlays/${topology.name}`, overlayFiles(topology))),
      ...Object.entries(components(model)).flatMap(([name, files]) => below(`components/${name}`, files)),
    ]),
};
