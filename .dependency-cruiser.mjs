/** A module's folder, nested or not; `$1` in the `to` of a rule. */
const module = '^(src/modules/(?:[^/]+|[^/]+/modules/[^/]+))';
const anyContract = '^src/modules/.+/contract/';
const nestjsCqrs = '^node_modules/@nestjs/cqrs/';
/** biome.json allows `Injectable` of it alone. */
const nestjsCommon = '^node_modules/@nestjs/common/';
const zod = '^node_modules/zod/';

/** @typedef {import('dependency-cruiser').IRegularForbiddenRuleType} Rule */

/**
 * @param {string} name
 * @param {string} comment what to do instead
 * @param {Rule['from']} from
 * @param {Rule['to']} to
 * @returns {Rule}
 */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const layers = [
  rule(
    'domain-is-pure',
    'Domain code imports itself and the value schemas of src/contract, no framework: pass what it needs as a parameter.',
    { path: `${module}/domain/` },
    { pathNot: ['^$1/domain/', '^src/contract/values(\\.ts$|/)'] },
  ),
  rule(
    'application-uses-ports',
    "A use case imports its own domain and contract, src/contract, src/ports, the decorators of @nestjs/cqrs, Injectable, and other modules' contract/: put the rest behind a port.",
    { path: `${module}/application/` },
    {
      pathNot: ['^$1/(domain|application|contract)/', '^src/(contract|ports)/', anyContract, nestjsCqrs, nestjsCommon],
    },
  ),
  rule(
    'infrastructure-uses-own-module',
    'An adapter imports its own module, src/platform, src/contract and src/ports: call other modules over the bus.',
    { path: `${module}/infrastructure/` },
    { path: '^src/', pathNot: ['^$1/', '^src/(platform|contract|ports)/'] },
  ),
  rule(
    'module-contract-imports',
    "A module's contract imports src/contract, zod and the views, failures and look-ups of other modules (files named *view*, *failure*, *lookup*): move the rest out of the contract.",
    { path: `${module}/contract/` },
    { pathNot: ['^$1/contract/', '^src/contract/', `${anyContract}[^/]*(view|failure|lookup)[^/]*\\.ts$`, zod] },
  ),
  rule(
    'modules-independent-of-transport',
    'A module does not depend on how it is called: src/pipeline, src/protocols, src/remote, src/client and src/apps find modules through the registry.',
    { path: '^src/modules/' },
    { path: '^src/(pipeline|protocols|remote|client|apps)/|^src/[^/]+\\.ts$' },
  ),
];

const borders = [
  rule(
    'modules-use-contracts',
    'Import only the contract/ of another module, and send its operations over the bus.',
    { path: '^src/modules/([^/]+)/' },
    { path: '^src/modules/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/contract/'] },
  ),
  rule(
    'nested-modules-are-private',
    "Only the parent imports its nested modules: export what others need from the parent's contract/.",
    { pathNot: '^(src/modules|test|bench)/' },
    { path: '^src/modules/[^/]+/modules/' },
  ),
  rule(
    'nested-modules-use-contracts',
    'Import only the contract/ of a sibling.',
    { path: '^src/modules/([^/]+)/modules/([^/]+)/' },
    { path: '^src/modules/$1/modules/', pathNot: '^src/modules/$1/modules/($2|[^/]+/contract)/' },
  ),
  rule(
    'parents-use-contracts',
    'A parent imports the contract/ and the .module.ts of its nested modules, nothing else of them.',
    { path: '^src/modules/([^/]+)/(?!modules/)' },
    { path: '^src/modules/$1/modules/', pathNot: '^src/modules/$1/modules/[^/]+/(contract/|[^/]+\\.module\\.ts$)' },
  ),
];

/** Each layer imports from those before it. */
const layerOrder = ['contract', 'ports', 'pipeline', 'platform', 'protocols', 'remote', 'modules', 'apps'];

const foundations = [
  ...layerOrder
    .slice(0, -1)
    .map((layer, place) =>
      rule(
        `${layer}-layer-order`,
        `The order of layers in src is ${layerOrder.join(', ')}: move shared code to the earlier one, or pass it as a parameter.`,
        { path: `^src/${layer}/` },
        { path: `^src/(${[...layerOrder.slice(place + 1), 'client'].join('|')})/` },
      ),
    ),
  rule(
    'client-imports',
    'The client must be usable elsewhere: it imports src/contract and the codecs of src/protocols, nothing else of src.',
    { path: '^src/client/' },
    { path: '^src/', pathNot: '^src/(client|contract|protocols)/' },
  ),
  rule(
    'contract-is-pure',
    'src/contract is plain TypeScript over zod: what needs a framework belongs to src/pipeline or src/platform.',
    { path: '^src/contract/' },
    { pathNot: ['^src/contract/', zod] },
  ),
  rule(
    'ports-are-pure',
    'A port imports src/contract only: technology belongs in an adapter.',
    { path: '^src/ports/' },
    { pathNot: '^src/(contract|ports)/' },
  ),
];

const hygiene = [
  rule('no-cycle', 'Move the shared code into a third file.', {}, { circular: true }),
  rule(
    'src-imports-no-test',
    'The product must run without its tests.',
    { path: '^src/' },
    { path: '^(test|bench|scripts)/' },
  ),
  rule(
    'no-dev-dependency',
    'A production install has no devDependencies: `npm install --save-exact` the package.',
    { path: '^src/' },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  ),
  rule(
    'declared',
    'Import only what package.json names: `npm install --save-exact` the package.',
    {},
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  ),
  rule('resolvable', 'The imported file or package does not exist.', {}, { couldNotResolve: true }),
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [...layers, ...borders, ...foundations, ...hygiene],
  options: {
    // compiled in its own test, beside types that are generated there
    exclude: { path: '^test/foreign/typescript/' },
    doNotFollow: { path: ['^node_modules', '^src/platform/database/generated/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
