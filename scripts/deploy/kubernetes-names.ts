import type { DeployedProcess, DeploymentModel } from './model-types.js';

export type Manifest = Readonly<Record<string, unknown>>;

export const product = 'nestjs-mstv';
export const sharedSettings = `${product}-settings`;
const secretName = product;

/** On every pod of the product, and on nothing else in the namespace. */
export const productLabels = { 'app.kubernetes.io/part-of': product };

/** What a process calls another one by: the same in every topology, whatever its Deployment is called. */
export const serviceLabels = (service: string) => ({ ...productLabels, 'app.kubernetes.io/component': service });

export const processLabels = ({ name, service }: DeployedProcess) => ({
  'app.kubernetes.io/name': name,
  ...serviceLabels(service),
});

/** Of a Deployment and its Service: it may never change, so it is one label. */
export const selectorOf = ({ name }: DeployedProcess) => ({ 'app.kubernetes.io/name': name });

export const settingsName = (process: DeployedProcess): string => `${process.name}-settings`;

export const imageOf = ({ image }: DeploymentModel): string => `${image.name}:${image.tag}`;

const secretsFolder = '/run/secrets/nestjs-mstv';

/** The `…_FILE` variables of the required secrets. */
export const secretFiles = ({ secrets }: DeployedProcess): Readonly<Record<string, string>> =>
  Object.fromEntries(
    secrets
      .filter(({ required }) => required)
      .map(({ variable }) => [`${variable}_FILE`, `${secretsFolder}/${variable}`]),
  );

export const secretsVolume = ({ secrets }: DeployedProcess) => ({
  name: 'secrets',
  secret: {
    secretName,
    items: secrets.filter(({ required }) => required).map(({ key, variable }) => ({ key, path: variable })),
  },
});

export const secretsMount = { name: 'secrets', mountPath: secretsFolder, readOnly: true };

/** A process whose Secret lacks an optional key runs without the variable. A file would have to exist. */
export const optionalSecret = (name: string, key: string) => ({
  name,
  valueFrom: { secretKeyRef: { name: secretName, key, optional: true } },
});

export const optionalSecrets = ({ secrets }: DeployedProcess) =>
  secrets.filter(({ required }) => !required).map(({ variable, key }) => optionalSecret(variable, key));
