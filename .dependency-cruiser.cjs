/** Each rule says why. `tests/boundaries` plants a violation of each and proves that it fires. */
module.exports = {
  forbidden: [
    {
      name: 'nothing-imports-a-service',
      comment: 'A service is reached over its API or its events; importing it would share its database.',
      severity: 'error',
      from: { pathNot: '^services/([^/]+)/' },
      to: { path: '^services/' },
    },
    {
      name: 'services-are-strangers',
      comment: 'One service never imports another: each must be deployable alone.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'packages-look-down',
      comment: 'Packages serve services and workflows; looking up would make a circle.',
      severity: 'error',
      from: { path: '^packages/(?!cli/)' },
      to: { path: '^(services|workflows|deploy|tests)/' },
    },
    {
      name: 'workflow-code-is-pure',
      comment: 'Code that Temporal replays may import only contracts and its own folder: no clock, I/O or client.',
      severity: 'error',
      from: { path: '^workflows/src/(lifecycle|pilot|round|project|poll|measurement|batch)/', pathNot: '\\.test\\.ts$' },
      to: {
        pathNot:
          '^(workflows/src/(lifecycle|pilot|round|project|poll|measurement|batch)/|packages/workflow-contracts/|node_modules/@temporalio/(workflow|common)/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'only-stores-know-mongoose',
      comment: 'A rule that knows the database cannot be tested without it.',
      severity: 'error',
      from: {
        path: '^services/[^/]+/src/',
        pathNot: '(\\.store\\.ts|\\.schema\\.ts|/main\\.ts|/app\\.ts|\\.int\\.test\\.ts)$',
      },
      to: { path: 'node_modules/mongoose/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'kafka-behind-the-bus',
      comment: 'Delivery rules live in event-bus; only it, and the stand-alone consumer of the CLI, know kafkajs.',
      severity: 'error',
      from: { path: '^(services|workflows|packages)/', pathNot: '^packages/(event-bus|cli)/' },
      to: { path: 'node_modules/kafkajs/' },
    },
    {
      name: 'no-circles',
      comment: 'Two files that need each other are one file, or miss a third.',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'tests/boundaries/planted/' },
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
