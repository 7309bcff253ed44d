/**
 * Imports between folders; what needs to know which imports are types only stands in .oxlintrc.json.
 * Each rule says why. `tests/boundaries` plants a violation of each and proves that it fires.
 */
module.exports = {
  forbidden: [
    {
      name: 'nothing-imports-a-service',
      comment:
        'A service is reached over its API or its events; importing it would share its database. The benchmark of the ' +
        'ledger and the simulation run its code alone, on databases of their own.',
      severity: 'error',
      from: { pathNot: '^(services/([^/]+)|tests/(benchmarks/ledger|simulation))/' },
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
      from: { path: '^packages/(?!cli/)', pathNot: '\\.int\\.test\\.ts$' },
      to: { path: '^(services|workflows|deploy|tests)/' },
    },
    {
      name: 'kafka-behind-the-bus',
      comment:
        'Delivery rules live in event-bus; only it, and the stand-alone consumer of the CLI, know kafkajs.',
      severity: 'error',
      from: { path: '^(services|workflows|packages)/', pathNot: '^packages/(event-bus|cli)/' },
      to: { path: 'node_modules/kafkajs/' },
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
