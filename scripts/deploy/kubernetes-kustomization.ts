import type { Manifest } from './kubernetes-names.js';

interface Contents {
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly settings?: {
    readonly name: string;
    readonly values: Readonly<Record<string, string>>;
    readonly merge?: true;
  };
  readonly patches?: readonly Manifest[];
}

const body = ({ resources, components, settings, patches }: Contents): Manifest => ({
  ...(resources && { resources }),
  ...(components && { components }),
  // generated: its name has a hash of its content, so that a changed setting restarts the pods
  ...(settings && {
    configMapGenerator: [
      {
        name: settings.name,
        ...(settings.merge && { behavior: 'merge' }),
        literals: Object.entries(settings.values).map(([name, value]) => `${name}=${value}`),
      },
    ],
  }),
  ...(patches && { patches }),
});

export const kustomization = (contents: Contents): Manifest => ({
  apiVersion: 'kustomize.config.k8s.io/v1beta1',
  kind: 'Kustomization',
  ...body(contents),
});

export const component = (contents: Contents): Manifest => ({
  apiVersion: 'kustomize.config.k8s.io/v1alpha1',
  kind: 'Component',
  ...body(contents),
});
