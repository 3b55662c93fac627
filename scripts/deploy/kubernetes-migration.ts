import {
  imageOf,
  type Manifest,
  optionalSecrets,
  secretFiles,
  secretsMount,
  secretsVolume,
  serviceLabels,
} from './kubernetes-names.js';
import { migrationPolicy } from './kubernetes-network.js';
import { containerSecurity, podSecurity, resourcesOf, scratchMount, scratchVolume } from './kubernetes-pod.js';
import { addressesOf } from './model-queries.js';
import type { DeployedProcess, DeploymentModel } from './model-types.js';

/** A label, because the host name of a pod cannot have dots. */
const asLabel = (tag: string): string => tag.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

/**
 * One Job per database and version. The template of a Job cannot change, so its name holds the tag of the image, and its
 * settings are written into it: the name of a generated ConfigMap changes with its content.
 */
export function migration(process: DeployedProcess, model: DeploymentModel): readonly Manifest[] {
  const name = `${process.name}-migrate`;
  const labels = { ...serviceLabels('migration'), 'app.kubernetes.io/name': name };
  const settings = { ...process.settings, ...addressesOf(process), ...secretFiles(process) };
  return [
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: `${name}-${asLabel(model.image.tag)}`, labels },
      spec: {
        backoffLimit: 6,
        ttlSecondsAfterFinished: 7 * 24 * 3600,
        template: {
          metadata: { labels },
          spec: {
            restartPolicy: 'Never',
            serviceAccountName: process.name,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: podSecurity,
            containers: [
              {
                name: 'migrate',
                image: imageOf(model),
                imagePullPolicy: 'IfNotPresent',
                args: ['migrate'],
                env: [
                  ...Object.entries(settings).map(([variable, value]) => ({ name: variable, value })),
                  ...optionalSecrets(process),
                ],
                resources: resourcesOf(process),
                securityContext: containerSecurity,
                volumeMounts: [secretsMount, scratchMount],
              },
            ],
            volumes: [secretsVolume(process), scratchVolume],
          },
        },
      },
    },
    migrationPolicy(name, labels, process),
  ];
}

export const hasMigrations = ({ database }: DeployedProcess): boolean => database !== undefined;
